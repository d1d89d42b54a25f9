"""How a length is shared out. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Claim(NamedTuple):
    """What one piece asks for: at least `least`, `wanted` if there is room, and a part `grow` of what is left over."""

    wanted: float
    least: float
    grow: float = 0.0


def share(length: float, claims: Sequence[Claim]) -> list[float]:
    """Lengths for all `claims` that add up to `length` where something grows, and never to more.

    Spare room goes to those that grow. When it is short, all give in, in proportion to how much they can; when even
    the least is too much, all shrink alike, so that nothing ever lies over its neighbour.
    """
    wanted = sum(claim.wanted for claim in claims)
    least = sum(claim.least for claim in claims)
    if wanted <= length:
        growers = sum(claim.grow for claim in claims)
        part = (length - wanted) / growers if growers else 0.0
        return [claim.wanted + claim.grow * part for claim in claims]
    if least <= length:
        missing = (wanted - length) / (wanted - least)
        return [claim.wanted - (claim.wanted - claim.least) * missing for claim in claims]
    return [claim.least * length / least for claim in claims]


def pages(count: int, room: int) -> int:
    """How many pages `count` things fill, `room` a page; one at least."""
    return max(1, -(-count // max(1, room)))
