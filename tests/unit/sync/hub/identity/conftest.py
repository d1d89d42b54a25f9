"""A gatehouse for each test, in each database."""

import pytest

from tests.unit.sync.hub.identity.gatehouse import Gatehouse
from tests.unit.sync.hub.office import Office


@pytest.fixture
def gatehouse(office: Office) -> Gatehouse:
    return Gatehouse(office)
