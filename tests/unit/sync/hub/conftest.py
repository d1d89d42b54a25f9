"""A world for each test, closed after it, once in each database that a hub can run on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.postgresql import Cluster
from tests.unit.sync.hub.office import Office
from tests.unit.sync.hub.world import World

MakeWorld = Callable[..., World]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty database; empty for SQLite."""
    if request.param == "sqlite":
        return ""
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.fresh()


@pytest.fixture
def make_world(tmp_path: Path, database: str) -> Iterator[MakeWorld]:
    """Opens the world anew with each call, on the data that the last one left."""
    made: list[World] = []

    def make(clock: FakeClock | None = None) -> World:
        made.append(World(tmp_path / "data", clock, database))
        return made[-1]

    yield make
    for world in made:
        world.store.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    (tmp_path / "keys").mkdir()
    return Office(world, tmp_path / "keys")
