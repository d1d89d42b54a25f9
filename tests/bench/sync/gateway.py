"""Runs in thingsboard-gateway's own environment: its storage classes as they are, and paho as it comes with them.

`python gateway.py FILE` reads one task, a JSON object, from FILE and prints what it found as JSON. Nothing of Opas is imported here.
The loop that empties the storage is the gateway's own: take a pack, group it, publish it, wait for every PUBACK, say done.
"""

import importlib
import json
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

_FOLDER = "thingsboard_gateway.storage"
_CLASSES = {
    "memory": (f"{_FOLDER}.memory.memory_event_storage", "MemoryEventStorage"),
    "file": (f"{_FOLDER}.file.file_event_storage", "FileEventStorage"),
    "sqlite": (f"{_FOLDER}.sqlite.sqlite_event_storage", "SQLiteEventStorage"),
}
_DEVICE = "gate-1"
_TOPIC = "v1/gateway/telemetry"
_POLL_S = 0.05
"""`minPackSendDelayMS` of its default configuration."""
_SETTLED_S = 0.5
_STALLED_S = 5.0
"""A storage that gives nothing for so long, though it holds events, will not go on."""
_PATIENCE_S = 300.0
_SAMPLES = 1_000
_GROUP = 100


class Gateway:
    """One storage and what the gateway does around it. `sample` holds events as flat JSON objects."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._task = task
        # The gateway itself parses and writes what it stores with simplejson and what it publishes with orjson.
        self._stored = importlib.import_module("simplejson")
        self._sent = importlib.import_module("orjson")
        self._sample = [json.loads(line) for line in Path(task["sample"]).read_text().splitlines()]
        module, name = _CLASSES[task["storage"]]
        log = logging.getLogger("storage")
        log.addHandler(logging.NullHandler())
        # Its own log has this level.
        log.trace = lambda *_args, **_more: None  # type: ignore[attr-defined]
        folder = f"{task['folder']}/"
        config = {"data_folder_path": folder, "data_file_path": folder, **task["config"]}
        self.storage = getattr(importlib.import_module(module), name)(config, log, threading.Event())
        self.client: Any = None

    def text(self, number: int) -> str:
        """Event `number` in the form in which the gateway hands it to its storage."""
        flat = {**self._sample[number % len(self._sample)], "seq": number}
        entry = {"deviceName": _DEVICE, "deviceType": "default", "telemetry": [{"ts": flat["at"], "values": flat}]}
        return str(self._stored.dumps(entry, separators=(",", ":"), skipkeys=True, ignore_nan=True))

    def fill(self, texts: list[str]) -> None:
        """Put, and wait until it is out of the storage's own queue."""
        for text in texts:
            if not self.storage.put(text):
                raise SystemExit("the storage refuses an event")
        deadline = time.monotonic() + _PATIENCE_S
        queue = getattr(self.storage, "write_queue", None)
        while queue is not None and not queue.empty():
            if time.monotonic() > deadline:
                raise SystemExit("the storage does not take its queue in")
            time.sleep(_POLL_S)
        time.sleep(_SETTLED_S if queue is not None else 0)

    def payloads(self, pack: list[str]) -> list[bytes]:
        """A pack as the messages that the gateway would publish; `most` is its maxPayloadSizeBytes."""
        entries = [entry for text in pack for entry in self._stored.loads(text)["telemetry"]]
        most = self._task.get("most")
        if not most:
            return [self._sent.dumps({_DEVICE: entries})]
        out: list[bytes] = []
        held: list[dict[str, Any]] = []
        size = 0
        for entry in entries:
            length = len(self._sent.dumps(entry)) + 1
            if held and size + length > most:
                out.append(self._sent.dumps({_DEVICE: held}))
                held, size = [], 0
            held.append(entry)
            size += length
        return [*out, self._sent.dumps({_DEVICE: held})]

    def connect(self) -> None:
        """To the broker of the task."""
        mqtt = importlib.import_module("paho.mqtt.client")
        enums = importlib.import_module("paho.mqtt.enums")
        up = threading.Event()
        client = mqtt.Client(enums.CallbackAPIVersion.VERSION2, client_id=self._task["user"])
        client.username_pw_set(self._task["user"], self._task["password"])
        client.on_connect = lambda *_: up.set()
        client.max_inflight_messages_set(100)
        client.max_queued_messages_set(50_000)
        client.connect("127.0.0.1", self._task["port"])
        client.loop_start()
        if not up.wait(10):
            raise SystemExit("the broker does not answer")
        self.client = client

    def send_pack(self) -> tuple[int, int]:
        """How many events and bytes a pack had, once every PUBACK of it is here."""
        pack = self.storage.get_event_pack()
        if not pack:
            return 0, 0
        payloads = self.payloads(pack)
        under_way = [self.client.publish(_TOPIC, payload, qos=1) for payload in payloads]
        for info in under_way:
            info.wait_for_publish(_PATIENCE_S)
        self.storage.event_pack_processing_done()
        return len(pack), sum(map(len, payloads))


def enqueue(gateway: Gateway, _: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds of single puts, and of an event where a hundred come at once; the storage flushes neither to the disk."""
    texts = [gateway.text(number) for number in range(_SAMPLES + _GROUP * _GROUP)]
    singles = []
    for text in texts[:_SAMPLES]:
        begun = time.perf_counter()
        gateway.storage.put(text)
        singles.append((time.perf_counter() - begun) * 1000)
    grouped = []
    for first in range(_SAMPLES, len(texts), _GROUP):
        begun = time.perf_counter()
        for text in texts[first : first + _GROUP]:
            gateway.storage.put(text)
        grouped.append((time.perf_counter() - begun) * 1000 / _GROUP)
    return {"singles": singles, "grouped": grouped}


def drain(gateway: Gateway, task: dict[str, Any]) -> dict[str, Any]:
    """Seconds from the first pack to the last PUBACK, and the payload bytes of an event."""
    total = task["events"]
    gateway.fill([gateway.text(number) for number in range(total)])
    gateway.connect()
    done = size = 0
    begun = last = time.perf_counter()
    while done < total and time.perf_counter() - last < _STALLED_S:
        count, length = gateway.send_pack()
        done, size = done + count, size + length
        if count:
            last = time.perf_counter()
        else:
            time.sleep(_POLL_S)
    return {"rate": done / (last - begun), "bytes": size / max(1, done), "sent": done}


def paced(gateway: Gateway, task: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds from an event's creation to its PUBACK, at `rate` events a second."""
    gateway.connect()
    created: list[float] = []
    acked: list[float] = []

    def send() -> None:
        while len(acked) < task["events"]:
            count, _ = gateway.send_pack()
            now = time.perf_counter()
            acked.extend([now] * count)
            if not count:
                time.sleep(_POLL_S)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    for number in range(task["events"]):
        text = gateway.text(number)
        created.append(time.perf_counter())
        gateway.storage.put(text)
        time.sleep(1 / task["rate"])
    sender.join(_PATIENCE_S)
    return {"ms": [(end - begin) * 1000 for begin, end in zip(created, acked, strict=False)]}


def write(gateway: Gateway, task: dict[str, Any]) -> dict[str, Any]:
    """Put events until there are enough, or for ever; tell the number of those that were accepted as it grows."""
    accepted = 0
    for number in range(task["events"]):
        if gateway.storage.put(gateway.text(number)):
            accepted += 1
            sys.stdout.write(f"{accepted}\n")
            sys.stdout.flush()
        time.sleep(task.get("pause", 0))
    # What it takes in at its leisure shall be in.
    time.sleep(_SETTLED_S * 4)
    return {"accepted": accepted}


def count(gateway: Gateway, _: dict[str, Any]) -> dict[str, Any]:
    """How many different events a storage that was opened again gives back."""
    found: set[int] = set()
    quiet = 0
    while quiet < 20:
        pack = gateway.storage.get_event_pack()
        if pack:
            quiet = 0
            found.update(json.loads(text)["telemetry"][0]["values"]["seq"] for text in pack)
            gateway.storage.event_pack_processing_done()
        else:
            quiet += 1
            time.sleep(_POLL_S)
    return {"found": len(found)}


_TASKS = {"enqueue": enqueue, "drain": drain, "paced": paced, "write": write, "count": count}

if __name__ == "__main__":
    logging.raiseExceptions = False
    asked = json.loads(Path(sys.argv[1]).read_text())
    result = _TASKS[asked["task"]](Gateway(asked), asked)
    print(json.dumps(result), flush=True)
    # Its threads are not all daemons, and what they leave undone is part of what is measured.
    os._exit(0)
