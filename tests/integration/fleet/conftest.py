"""A fleet for each test, and one that stands for those that leave it as it was."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.fleet.ground import Fleet


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with closing(Fleet(tmp_path)) as fleet:
        fleet.start()
        yield fleet


@pytest.fixture(scope="package")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Whoever turns a device out of it lets in one of its own first."""
    with closing(Fleet(tmp_path_factory.mktemp("fleet"))) as fleet:
        fleet.start()
        yield fleet
