"""A world for each test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sync.hub.office import Office
from tests.unit.sync.hub.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "data")
    yield made
    made.store.close()


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    (tmp_path / "keys").mkdir()
    return Office(world, tmp_path / "keys")
