"""A fleet for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.fleet.ground import Fleet


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path)
    try:
        fleet.start()
        yield fleet
    finally:
        fleet.close()
