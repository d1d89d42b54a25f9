"""Drives the devices from outside, as people do, and sees what comes of it: codes held up, buttons tapped, screens read."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from deploy.demo.codes import CodePicture
from deploy.demo.exactlyonce import Stream, Tally, compare
from deploy.demo.practice import changed_pack
from deploy.demo.record import EventKey, Glimpse, SceneRecord
from deploy.demo.running import RunningDemo
from deploy.demo.watching import DeviceWatch, Json, OwnEvent, Shot

_T = TypeVar("_T")
POLL_S = 0.05
_ANSWER_S = 15.0
_SCREEN_S = 15.0
_DRAIN_S = 90.0
_AWAY_S = 2.0
_PAGE = 5000


class OffScript(Exception):
    """Something of the story did not come as it should; the message says what and where."""


class Director:
    """Plays on a running demo; what is seen goes into the scene that is current."""

    def __init__(self, demo: RunningDemo) -> None:
        self._demo = demo
        self._plan = demo.plan
        self.watches = {device.id: DeviceWatch.of(self._plan.folder_of(device.id)) for device in self._plan.devices}
        self._held = 0
        self._hands: dict[tuple[str, str], Path] = {}
        self.scene = SceneRecord("", "")

    def hold(self, device: str, key: str) -> None:
        """Hold a code up to a device's camera; the answer is awaited with `answered`."""
        self._let_go(device, key)
        self.watches[device].mark()
        self._held += 1
        folder = self._plan.folder_of(device).camera / "hold"
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f"{self._held:04}.part"
        shutil.copyfile(self._picture(key).flat, unfinished)
        # Renamed, so that the camera never sees half a picture.
        self._hands[device, key] = unfinished.rename(unfinished.with_suffix(".png"))

    def answered(self, device: str, outcome: str, says: str) -> Shot:
        """Wait until the device answers a scan with this outcome and shows that. Raises `OffScript`."""
        watch = self.watches[device]
        scanned = self._await(lambda: _first(watch.new_events(), "CodeScanned"), f"{device} scans nothing", _ANSWER_S)
        came = scanned.body["outcome"]
        scan = scanned.body["scan"]
        shown = self._await(
            lambda: _first(watch.new_events(), "AnswerShown", scan), f"{device} shows no answer", _ANSWER_S
        )
        shot = self._await(
            lambda: next((shot for shot in watch.new_shots() if shot.scan == scan and shot.path.exists()), None),
            f"{device} took no picture of its answer",
            _SCREEN_S,
        )
        written = tuple(EventKey(device, event.seq) for event in watch.new_events() if event.seq <= scanned.seq)
        self._saw(Glimpse(device, says, shot.path, scanned.body["decode_ms"], shown.body["glass_ms"], written))
        if came != outcome:
            raise OffScript(f"{device} answered {came} where {outcome} was due ({says})")
        return shot

    def scan(self, device: str, key: str, outcome: str, says: str) -> Shot:
        """Hold a code up and wait for its answer."""
        self.hold(device, key)
        return self.answered(device, outcome, says)

    def tap(self, device: str, what: str, event: str, says: str) -> None:
        """Tap a button of a desk and wait until its event is written."""
        watch = self.watches[device]
        watch.mark()
        with self._plan.folder_of(device).pilot.open("a", encoding="utf-8") as pilot:
            pilot.write(f"tap {what}\n")
        written = self._await(
            lambda: _first(watch.new_events(), event), f"{device}: after a tap on {what!r} no {event}", _ANSWER_S
        )
        shot = self._await(
            lambda: next((s for s in watch.new_shots() if s.at >= written.at and s.path.exists()), None),
            f"{device} shows nothing new after a tap on {what!r}",
            _SCREEN_S,
        )
        self._saw(Glimpse(device, says, shot.path, events=(EventKey(device, written.seq),)))

    def screen(self, device: str, condition: Callable[[Json], bool], says: str, within_s: float = _SCREEN_S) -> Shot:
        """Wait until what stands on the screen fulfils `condition`. Raises `OffScript`."""
        shot = self._await(lambda: self._standing(device, condition), f"{device} does not show it: {says}", within_s)
        self._saw(Glimpse(device, says, shot.path))
        return shot

    def at_hub(self, says: str, condition: Callable[[], bool], within_s: float = _SCREEN_S) -> None:
        """Wait until something is so at the hub. Raises `OffScript`."""
        self._await(lambda: condition() or None, f"the hub: {says}: not so", within_s)

    def records(self, site: str, collection: str) -> list[dict[str, Any]]:
        """The records of a site as the hub has them now."""
        return list(self._demo.hub.get(f"/v1/sites/{site}/records/{collection}"))

    def record(self, site: str, collection: str, key: str) -> Mapping[str, Any]:
        """One of them. Raises `OffScript` when the hub has none of that id."""
        for record in self.records(site, collection):
            if record["id"] == key:
                return record
        raise OffScript(f"the hub has no {key} among the {collection} of {site}")

    def id_of(self, key: str) -> str:
        """What the code of this key stands for."""
        return self._picture(key).sample.id

    def bring(self, site: str, body: Mapping[str, Any]) -> None:
        """Import something from the house's own systems."""
        self._demo.hub.post(f"/v1/sites/{site}/import", dict(body))

    def change_practice(self, site: str, change: str, at_ms: int) -> str:
        """Publish the site's pack with the lines of `change` in force from `at_ms` on; the new pack's version."""
        packs = self._plan.repository / "assets" / "packs"
        pack = changed_pack(packs / site, packs / change, self._plan.folder / "changed" / site, at_ms)
        return str(self._demo.hub.put(f"/v1/sites/{site}/pack", pack.body)["version"])

    def at_device(self, device: str, collection: str, key: str, condition: Callable[[Json], bool]) -> None:
        """Wait until a device's own copy of a record is so. Raises `OffScript`."""
        copies = self.watches[device].events

        def so() -> bool | None:
            record = copies.record(collection, key)
            return True if record is not None and condition(record) else None

        self._await(so, f"{device} does not hold {key} of {collection} as it should", _SCREEN_S)

    def written(self, device: str, type_: str, condition: Callable[[Json], bool], within_s: float) -> OwnEvent:
        """Wait for an event of a device since it was marked. Raises `OffScript`."""
        events = self.watches[device].new_events
        return self._await(
            lambda: next((e for e in events() if e.type == type_ and condition(e.body)), None),
            f"{device} writes no such {type_}",
            within_s,
        )

    def wait_for(self, device: str, condition: Callable[[Json], bool], within_s: float) -> Shot:
        """Wait until what stands on the screen fulfils `condition`, without looking closely. Raises `OffScript`."""
        return self._await(lambda: self._standing(device, condition), f"{device} does not come to it", within_s)

    def first(self, device: str, condition: Callable[[Json], bool], says: str, within_s: float) -> Shot:
        """The first picture since the mark that fulfils `condition`; waits for it. Raises `OffScript`."""
        watch = self.watches[device]
        shot = self._await(
            lambda: next((s for s in watch.new_shots() if condition(s.shows) and s.path.exists()), None),
            f"{device} does not show it: {says}",
            within_s,
        )
        self._saw(Glimpse(device, says, shot.path))
        return shot

    def cut_broker(self) -> None:
        """Kill the broker."""
        self._demo.kill_broker()

    def bring_broker_back(self) -> None:
        """Start it again, on the same port."""
        self._demo.start_broker()

    def exactly_once(self) -> list[Tally]:
        """Compare, again and again until all is there: events go on being written and sent. Never raises."""
        deadline = time.monotonic() + _DRAIN_S
        while True:
            tallies = compare([_stream(watch) for watch in self.watches.values()], self.hub_events())
            if not any(tally.problems for tally in tallies) or time.monotonic() > deadline:
                return tallies
            self._demo.supervisor.check()
            time.sleep(10 * POLL_S)

    def hub_events(self) -> list[dict[str, Any]]:
        """All that the hub holds, in the order of its commits."""
        events: list[dict[str, Any]] = []
        while True:
            after = events[-1]["rowid"] if events else 0
            page = self._demo.hub.get(f"/v1/events?after={after}&limit={_PAGE}")
            events += page
            if len(page) < _PAGE:
                return events

    def _standing(self, device: str, condition: Callable[[Json], bool]) -> Shot | None:
        shot = self.watches[device].newest_shot()
        return shot if shot is not None and shot.path.exists() and condition(shot.shows) else None

    def _let_go(self, device: str, key: str) -> None:
        """A code that is held up again must first have been away, or it counts as still held."""
        held = self._hands.get((device, key))
        if held is not None:
            self._await(lambda: None if held.exists() else True, f"{device} still holds {key}", _ANSWER_S)
            time.sleep(_AWAY_S)

    def _picture(self, key: str) -> CodePicture:
        return self._demo.pictures[key]

    def _saw(self, glimpse: Glimpse) -> None:
        self.scene.glimpses.append(glimpse)

    def _await(self, ready: Callable[[], _T | None], otherwise: str, within_s: float) -> _T:
        deadline = time.monotonic() + within_s
        while (found := ready()) is None:
            # A process that has died explains more than a wait that ran out.
            self._demo.supervisor.check()
            if time.monotonic() > deadline:
                raise OffScript(f"{otherwise} (waited {within_s:.0f} s)")
            time.sleep(POLL_S)
        return found


def commit_times(watches: Mapping[str, DeviceWatch], hub_events: Sequence[Mapping[str, Any]]) -> dict[EventKey, int]:
    """How long after it was written each event was committed, in milliseconds."""
    epochs = {device: watch.events.epoch() for device, watch in watches.items()}
    return {
        EventKey(event["device"], event["seq"]): event["committed_at"] - event["at"]
        for event in hub_events
        if epochs.get(event["device"]) == event["epoch"]
    }


def _stream(watch: DeviceWatch) -> Stream:
    ids = {event.seq: event.id for event in watch.events.after(0)}
    return Stream(watch.device, watch.events.epoch(), ids)


def _first(events: Sequence[OwnEvent], type_: str, scan: str | None = None) -> OwnEvent | None:
    return next((e for e in events if e.type == type_ and (scan is None or e.body["scan"] == scan)), None)
