"""How a length is shared out. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Claim(NamedTuple):
    """What one piece asks for: `wanted`, and a part `grow` of what is left over. `least` is asked only when room is short."""

    wanted: float
    least: Callable[[], float]
    grow: float = 0.0


def share(length: float, claims: Sequence[Claim]) -> list[float]:
    """Lengths for all `claims` that add up to `length` where something grows, and never to more.

    Spare room goes to those that grow. When it is short, all give in, in proportion to how much they can; when even
    the least is too much, all shrink alike, so that nothing ever lies over its neighbour.
    """
    wanted = sum(claim.wanted for claim in claims)
    if wanted <= length:
        growers = sum(claim.grow for claim in claims)
        part = (length - wanted) / growers if growers else 0.0
        return [claim.wanted + claim.grow * part for claim in claims]
    # Not more than it wants, whatever it says.
    least = [min(claim.least(), claim.wanted) for claim in claims]
    together = sum(least)
    if together <= length:
        missing = (wanted - length) / (wanted - together)
        return [claim.wanted - (claim.wanted - each) * missing for claim, each in zip(claims, least, strict=True)]
    return [each * max(0.0, length) / together for each in least]


def pages(count: int, room: int) -> int:
    """How many pages `count` things fill, `room` a page; one at least."""
    return max(1, -(-count // max(1, room)))
