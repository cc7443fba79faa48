"""One line out of several pools of one site: what each amount costs, and who gives how much of it."""

from __future__ import annotations

from collections.abc import Sequence

from hub.routing.problem import NEVER

MOST_POOLED = 1_000
"""Steps of one line up to which pools share it in every way; beyond, it comes from one of them."""

Curve = Sequence[int]
"""Mills by steps, ``NEVER`` for an amount that is not sold (hub.routing.problem.Offer)."""


def pooled(curves: Sequence[Curve]) -> Curve:
    """The least that each amount costs from these together.

    >>> pooled([(0, 5, 10), (0, 3)])
    (0, 3, 8, 13)
    """
    total: Curve = (0,)
    for curve in curves:
        total = _added(total, curve)
    return total


def shared_out(curves: Sequence[Curve], steps: int) -> tuple[int, ...]:
    """What each gives of an amount that ``pooled`` has a cost of; of equally dear ways the first gives the most.

    >>> shared_out([(0, 5, 10), (0, 3)], 2)
    (1, 1)
    """
    shares: list[int] = []
    for place, curve in enumerate(curves):
        others = pooled(curves[place + 1 :])
        top = min(steps, len(curve) - 1)
        rest = [n for n in range(top, -1, -1) if steps - n < len(others)]
        chosen = min(rest, key=lambda n: curve[n] + others[steps - n])
        shares.append(chosen)
        steps -= chosen
    return tuple(shares)


def _added(one: Curve, two: Curve) -> Curve:
    if len(one) == 1 or len(two) == 1:
        return one if len(two) == 1 else two
    if len(one) + len(two) > MOST_POOLED:
        return tuple(min(curve[n] for curve in (one, two) if n < len(curve)) for n in range(max(len(one), len(two))))
    found = [NEVER] * (len(one) + len(two) - 1)
    for steps, cost in enumerate(one):
        if cost < NEVER:
            for more, extra in enumerate(two):
                found[steps + more] = min(found[steps + more], cost + extra)
    return tuple(found)
