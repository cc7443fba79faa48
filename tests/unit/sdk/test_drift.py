"""What documents bring that nothing knew, and what they stopped bringing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.model.identity import DocumentId
from hub.sdk.drift import MOST_TRAITS, NEVER_CAME_DOCUMENTS, SILENT_DOCUMENTS, Seen, Trait, TraitKind

COLOUR, SIZE = Trait(TraitKind.PLACE, "colour"), Trait(TraitKind.PLACE, "size")


def seen(*oldest_first: str) -> Seen:
    """Documents D1, D2 ... as letters of what they have: c for a colour."""
    found = Seen()
    for number, letters in reversed(list(enumerate(oldest_first, 1))):
        traits = {trait for letter, trait in (("c", COLOUR), ("s", SIZE)) if letter in letters}
        found.take(DocumentId(f"D{number}"), traits)
    return found


def stopped(found: Seen, sampled: Sequence[Trait] = ()) -> list[tuple[str, int]]:
    return [(trait.name, lacking) for trait, lacking, _ in found.stopped({COLOUR, SIZE}, sampled)]


def test_new_trait_is_told_with_its_first_and_last_document() -> None:
    [(trait, came)] = seen("s", "sc", "s", "sc").new({SIZE})
    assert (COLOUR, 2, "D2", "D4") == (trait, came.documents, came.first, came.last)


def test_known_traits_are_not_new() -> None:
    assert [] == list(seen("sc").new({SIZE, COLOUR}))


def test_what_always_came_has_stopped_after_three_documents_without_it() -> None:
    assert [] == stopped(seen("sc", "sc", "s", "s"))
    assert [("colour", 3)] == stopped(seen("sc", "sc", "s", "s", "s"))


def test_what_came_now_and_then_may_be_silent_for_three_times_its_longest_gap() -> None:
    now_and_then = ("sc", "s", "s", "sc")
    assert [] == stopped(seen(*now_and_then, *["s"] * 5))
    assert [("colour", 6)] == stopped(seen(*now_and_then, *["s"] * 6))


def test_what_only_samples_have_is_told_after_ten_documents() -> None:
    assert [] == stopped(seen(*["s"] * (NEVER_CAME_DOCUMENTS - 1)), [COLOUR])
    assert [("colour", NEVER_CAME_DOCUMENTS)] == stopped(seen(*["s"] * NEVER_CAME_DOCUMENTS), [COLOUR])


def test_what_neither_came_nor_is_sampled_has_not_stopped() -> None:
    assert [] == stopped(seen(*["s"] * 20))


def test_names_beyond_all_bounds_are_counted_only() -> None:
    found = Seen()
    found.take(DocumentId("D1"), [Trait(TraitKind.PLACE, str(number)) for number in range(MOST_TRAITS + 7)])
    assert (MOST_TRAITS, 7) == (len(found.traits), found.further)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_counts_follow_from_which_documents_have_it(there: list[bool]) -> None:
    came = seen(*("c" if each else "" for each in there)).traits.get(COLOUR)
    places = [number for number, each in enumerate(there) if each]
    if came is None:
        assert not places
        return
    gaps = [later - earlier - 1 for earlier, later in pairwise(places)]
    assert came.documents == len(places)
    assert (came.first, came.last) == (f"D{places[0] + 1}", f"D{places[-1] + 1}")
    assert came.silent == len(there) - 1 - places[-1]
    assert came.gap == max(gaps, default=0)
    said = stopped(seen(*("c" if each else "" for each in there)))
    assert bool(said) is (came.silent >= SILENT_DOCUMENTS * max(1, came.gap))
