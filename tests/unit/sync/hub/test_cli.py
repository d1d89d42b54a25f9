"""The hub's process from inside: what a broken thread means for it."""

import asyncio
import logging
from pathlib import Path

import pytest

from kiosk.model.event import Health
from sync.hub.cli import main
from sync.hub.hub import Hub
from sync.hub.serving import serve
from sync.hub.settings import HubTable, Settings
from sync.link import Listener
from sync.wire import topics
from sync.wire.codec import encode, encode_envelope
from sync.wire.messages import Status
from tests.fakes.link import FakeLink
from tests.unit.sync.hub.office import ADMIN_TOKEN
from tests.unit.sync.hub.world import GATE, World, envelope, event


class BrokenLink(FakeLink):
    """Is up at once, has an event waiting, and breaks when it is to carry the ack."""

    def start(self, listener: Listener) -> None:
        super().start(listener)
        self.up()
        self.deliver(topics.status(GATE), encode(Status(Health.READY)))
        self.deliver(topics.up(GATE), encode_envelope(envelope(event(1))))

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> bool:
        if topic == topics.ack(GATE):
            raise ArithmeticError
        # The notices, on a thread of their own, are well.
        return True


def test_a_thread_that_breaks_ends_the_hub_with_a_status(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its service manager starts it again; what was committed is there, what was not acked comes again."""
    world = World(tmp_path)
    world.store.close()
    settings = Settings(HubTable(str(tmp_path), ADMIN_TOKEN, "127.0.0.1:0", "127.0.0.1:0"))
    with caplog.at_level(logging.CRITICAL):
        assert asyncio.run(serve(Hub(settings, BrokenLink(), world.clock))) == 70
    assert "ingest broke" in caplog.text
    again = World(tmp_path)
    assert len(again.events()) == 1
    again.store.close()


def test_wrong_settings_end_it_before_it_begins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With one message and its status."""
    assert main(["--config", str(tmp_path / "none.toml")]) == 78
    assert "What to do:" in capsys.readouterr().err
