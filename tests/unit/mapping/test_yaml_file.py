"""YAML is read by version 1.2, every entry knows its place, and no file can do more than say something."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from hub.errors import ConfigurationError
from hub.mapping.yaml_composer import MAX_DEPTH
from hub.mapping.yaml_file import MAX_BYTES, read_yaml
from hub.mapping.yaml_nodes import place_of

NAMES = st.text("abcxyz019._- é\"'", min_size=1, max_size=8)
# Version 1.1, which the parser goes by where it folds lines, breaks them at U+0085 and U+2028, too.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(-1e9, 1e9) | TEXTS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4),
    max_leaves=12,
)


def read(folder: Path, text: str) -> Any:
    path = folder / "file.yaml"
    path.write_text(text)
    return read_yaml(path)


def refused(folder: Path, text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text)
    return caught.value


@given(document=st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_another_writer_of_yaml_1_2_wrote_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]
) -> None:
    written = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.dump(document, written)
    assert document == read(tmp_path_factory.mktemp("yaml"), written.getvalue())


@given(document=st.dictionaries(NAMES, VALUES, max_size=5))
def test_json_is_read_as_it_is(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> None:
    assert document == read(tmp_path_factory.mktemp("yaml"), json.dumps(document, indent=1, ensure_ascii=False))


@given(keys=st.lists(NAMES, min_size=1, max_size=6, unique=True), gaps=st.lists(st.integers(0, 3), min_size=6))
def test_every_key_knows_its_line(tmp_path_factory: pytest.TempPathFactory, keys: list[str], gaps: list[int]) -> None:
    lines, places = list[str](), dict[str, int]()
    for key, gap in zip(keys, gaps, strict=False):
        lines += ["# passed over"] * gap + [f"{_quoted(key)}: {{inner: 1}}"]
        places[key] = len(lines)
    folder = tmp_path_factory.mktemp("yaml")
    document, path = read(folder, "\n".join(lines)), folder / "file.yaml"
    assert {key: f"{path}:{line}:1" for key, line in places.items()} == {
        key: place_of(document, (key,), path) for key in places
    }
    column = len(_quoted(keys[0])) + 4
    assert f"{path}:{places[keys[0]]}:{column}" == place_of(document, (keys[0], "inner", "not there"), path)


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("2026-11-02", "2026-11-02"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e5", 100_000.0),
        ("~", None),
        ('"0123"', "0123"),
        ("!!str 0123", "0123"),
        ("[06:00-22:00, a:b]", ["06:00-22:00", "a:b"]),
    ],
)
def test_plain_values_are_read_by_the_core_schema(tmp_path: Path, text: str, value: Any) -> None:
    assert {"key": value} == read(tmp_path, f"key: {text}\n")


def test_mappings_can_be_merged_and_keep_the_places_of_what_was_merged(tmp_path: Path) -> None:
    document = read(tmp_path, "base: &base {a: 1, b: 2}\nown:\n  <<: *base\n  b: 3\n")
    assert {"a": 1, "b": 3} == document["own"]
    assert f"{tmp_path / 'file.yaml'}:1:14" == place_of(document, ("own", "a"), tmp_path)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_is_an_empty_mapping(tmp_path: Path, text: str) -> None:
    assert {} == read(tmp_path, text)


def test_laughs_are_refused_before_they_are_written_out(tmp_path: Path) -> None:
    bomb = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    bomb += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    found = refused(tmp_path, "\n".join(bomb))
    assert ("configuration.too-large", f"{tmp_path / 'file.yaml'}:6:") == (found.code, found.place[: -len("10")])


def test_long_texts_are_not_written_out_again_and_again(tmp_path: Path) -> None:
    text = f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 1000)}]\n"
    found = refused(tmp_path, text)
    assert ("configuration.too-large", f"{tmp_path / 'file.yaml'}:2:") == (found.code, found.place[: -len("65")])
    keys = f"a: &a {{{'x' * 1000}: 1}}\nb: [{', '.join(['*a'] * 20_000)}]\n"
    assert "configuration.too-large" == refused(tmp_path, keys).code


def test_messages_stay_short_whatever_a_key_is(tmp_path: Path) -> None:
    found = refused(tmp_path, f"{'1' * 90}: x\n")
    assert len(str(found)) < 500


def test_an_alias_cannot_stand_inside_what_it_names(tmp_path: Path) -> None:
    assert "configuration.yaml" == refused(tmp_path, "a: &a [1, *a]\n").code


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_bounded_whatever_nests(tmp_path: Path, opening: str) -> None:
    assert "configuration.too-large" == refused(tmp_path, opening * 100_000).code


def test_depth_is_bounded_also_where_aliases_make_it(tmp_path: Path) -> None:
    chain = ["a0: &a0 [1]", *(f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, MAX_DEPTH + 1))]
    assert "configuration.too-large" == refused(tmp_path, "\n".join(chain)).code


def test_size_is_bounded_before_anything_is_parsed(tmp_path: Path) -> None:
    assert "configuration.too-large" == refused(tmp_path, "#" * (MAX_BYTES + 1)).code


def test_all_wrong_keys_are_told_at_once(tmp_path: Path) -> None:
    found = refused(tmp_path, "a: 1\n0101: x\nb:\n  a: 1\n  a: 2\n2026: y\n")
    assert [
        ("configuration.invalid", "2:1", 'Quote it: "0101". Identifiers are text.'),
        ("configuration.duplicate-key", "5:3", "It stands in line 4 already: keep one of them."),
        ("configuration.invalid", "6:1", 'Quote it: "2026". Identifiers are text.'),
    ] == [(each.code, each.place.partition("file.yaml:")[2], each.cure) for each in found.each()]


@given(content=st.binary(max_size=200) | st.text("{}[]:,&*!?|>'\"%@`-#\t\n ab0", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_place(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("yaml") / "file.yaml"
    path.write_bytes(content)
    found = [place for place in _places_of_refusal(path) if not place.startswith(str(path))]
    assert [] == found


def _places_of_refusal(path: Path) -> list[str]:
    try:
        read_yaml(path)
    except ConfigurationError as error:
        return [each.place for each in error.each()]
    return []
