"""`opas hub export DEST`: every kept event as a CloudEvent, into a file of JSON lines or to a webhook.

A file goes on where it ended, to the event; a webhook gets each event at least once, in order, in batches, and is tried
again until it takes them. `source` and `id` of an event tell a receiver what it has already.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from sync.hub.commands.client import AdminClient, NoAnswer
from sync.hub.commands.jsonlines import JsonLines
from sync.hub.commands.pages import add_config, page
from sync.hub.commands.webhook import NotTaken, Webhook
from sync.hub.settings import Settings, load_settings
from sync.link import Backoff

_TRIES = "how often in a row it may fail before it gives up, 0 for without end (default: 8)"
_FIRST_S = 0.5
_LONGEST_S = 60.0
_LOOK_S = 1.0
_TOKEN = "OPAS_WEBHOOK_TOKEN"  # noqa: S105 - its name, not its value


class Destination(Protocol):
    """Where events go. `position` is the hub's number of the last one that is safely there."""

    position: int
    batch: int

    def put(self, events: Sequence[msgspec.Raw], last: int) -> None:
        """Deliver `events`, of which the last has the number `last`. Raises `NotTaken` for what may be tried again."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class _Number(msgspec.Struct, frozen=True):
    hubnumber: int


class Exporter:
    """Carries events from the hub to the destination until told to stop."""

    def __init__(self, client: AdminClient, destination: Destination, stop: threading.Event, backoff: Backoff) -> None:
        self._client = client
        self._destination = destination
        self._stop = stop
        self._backoff = backoff
        self.count = 0

    def run(self, *, follow: bool, tries: int) -> None:
        """Deliver all there is, and with `follow` what comes. After `tries` failures in a row (0: never) it gives up."""
        failures = 0
        while not self._stop.is_set():
            try:
                done = self._step()
            except (NotTaken, NoAnswer) as error:
                failures += 1
                if isinstance(error, NotTaken) and not error.again:
                    raise
                if failures == tries:
                    raise
                if failures == 1:
                    sys.stderr.write(f"opas hub export: {error.what} Trying again.\n")
                self._stop.wait(self._backoff.next())
                continue
            failures = 0
            self._backoff.reset()
            if done and not follow:
                return
            if done:
                self._stop.wait(_LOOK_S)

    def _step(self) -> bool:
        """One batch; whether there was nothing left."""
        at = self._destination.position
        body = self._client.get_bytes(f"/v1/cloudevents?after={at}&limit={self._destination.batch}")
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
        if not events:
            return True
        last = msgspec.json.decode(events[-1], type=_Number).hubnumber
        self._destination.put(events, last)
        self.count += len(events)
        return False


def main(argv: Sequence[str]) -> int:
    """Export as the arguments `argv` say; the exit status."""
    parser = page("export", __doc__)
    parser.add_argument("dest", metavar="DEST", help="a file to append to, or http(s)://… to post batches to")
    add_config(parser)
    parser.add_argument("--follow", action="store_true", help="go on with what comes, until Ctrl-C")
    parser.add_argument("--tries", type=int, metavar="N", default=8, help=_TRIES)
    asked = parser.parse_args(argv)
    settings = load_settings(asked.config)
    destination = _destination(asked.dest, settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    exporter = Exporter(AdminClient(settings), destination, stop, Backoff(_FIRST_S, _LONGEST_S))
    try:
        exporter.run(follow=asked.follow, tries=asked.tries)
    finally:
        destination.close()
    print(f"{exporter.count} events exported, up to number {destination.position}")
    return 0


def _destination(dest: str, settings: Settings) -> Destination:
    if dest.startswith(("http://", "https://")):
        return Webhook(dest, settings.data, os.environ.get(_TOKEN, ""))
    return JsonLines(Path(dest))
