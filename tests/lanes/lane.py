"""What one lane runs: files that no other lane has taken yet, each whole and in its own order.

A plugin of pytest (`-p tests.lanes.lane`). Every lane collects all tests; a file belongs to whom it is claimed by first.
Even lanes begin at the front, where the tests stand that wait for brokers, hubs and browsers, odd ones at the back,
with those that compute: so a processor finds something to do until they meet.
"""

from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

_FIRST = ("tests/journeys/", "tests/faults/")
"""Files that take long as one piece: begun late, the others would end long before them."""


class Told(msgspec.Struct, frozen=True):
    """What a lane tells at its end: how many tests there are, how many of them ran here, and what came of them."""

    collected: int
    ran: int
    came: dict[str, int]


class Lane:
    """`folder` is what the lanes of a run share: a mark for each file that is taken, and what each lane tells at its end."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self._number = number
        self._ran = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """pytest's own loop, over this lane's share."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        for item, after in pairwise(chain(self._share(session.items), [None])):
            assert item is not None
            self._ran += 1
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return True

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell."""
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        stats: dict[str, list[object]] = {} if reporter is None else reporter.stats
        told = Told(len(session.items), self._ran, {word: len(reports) for word, reports in stats.items() if word})
        (self._folder / f"lane-{self._number}.json").write_bytes(msgspec.json.encode(told))

    def _share(self, items: list[pytest.Item]) -> Iterator[pytest.Item]:
        files: dict[str, list[pytest.Item]] = {}
        for item in items:
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        names = sorted(files, key=lambda name: not name.startswith(_FIRST))
        for name in reversed(names) if self._number % 2 else names:
            if self._takes(name):
                yield from files[name]

    def _takes(self, name: str) -> bool:
        try:
            (self._folder / quote(name, safe="")).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lanes-folder", type=Path, help="what the lanes of this run share")
    parser.addoption("--lane", type=int, help="which of them this is, from 0")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Lane(config.getoption("lanes_folder"), config.getoption("lane")))
