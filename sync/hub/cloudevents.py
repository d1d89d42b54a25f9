"""A kept event as a CloudEvent (CloudEvents 1.0, JSON format), one for one and nothing lost. Pure.

`source` names the device and the epoch of its outbox, `id` is the sequence number within it: together they are what
the hub dedupes on, so whoever receives an event twice can tell. `data` is the event as the device wrote it.
"""

from datetime import UTC, datetime

import msgspec

from kiosk.model.ids import EpochMs
from sync.hub.store.rows import StoredEvent

TYPE_PREFIX = "opas.v1."
BATCH_TYPE = "application/cloudevents-batch+json"


class CloudEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """The envelope, with our extension attributes last: all lower-case, as the standard demands."""

    id: str
    source: str
    type: str
    time: str
    """When the hub received it; a device's own clock stands in `data`."""
    data: msgspec.Raw
    hubnumber: int
    """Its place in the order of the hub's commits."""
    opassite: str
    conflict: str = ""
    """Why its change was refused; absent if it was not."""
    datacontenttype: str = ""
    specversion: str = ""


def to_cloud(event: StoredEvent) -> CloudEvent:
    """The CloudEvent of `event`."""
    return CloudEvent(
        id=str(event.seq),
        source=f"/opas/devices/{event.device}/epochs/{event.epoch}",
        type=f"{TYPE_PREFIX}{event.type}",
        time=_rfc3339(event.received_at),
        data=msgspec.Raw(event.body),
        hubnumber=event.number,
        opassite=event.site,
        conflict=event.conflict or "",
        datacontenttype="application/json",
        specversion="1.0",
    )


def _rfc3339(at: EpochMs) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
