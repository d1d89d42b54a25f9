"""Touchpoints to test with; each is closed after its test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.config import TrustConfig
from tests.unit.kiosk.session.house import House

Open = Callable[..., House]


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Open]:
    houses: list[House] = []

    def open_one(device: str, *, pack: bool = True, trust: TrustConfig | None = None) -> House:
        folder = tmp_path / f"{device}-{len(houses)}"
        folder.mkdir()
        houses.append(House(folder, device, pack=pack, trust=trust))
        return houses[-1]

    yield open_one
    for house in houses:
        house.close()
