"""By which way a device of a site with its own broker reaches the hub, as its agent wrote it down."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from deploy.doctor.finding import Finding, ok, warn

_TOPIC = "way to hub"
_SILENCE_MS = 30_000
"""An agent that has not heard the hub for this long does not hear it."""
_BOOT_DIGITS = 8
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UNHEARD = "Start the agent, and look into its log. What happens here is sent once the hub is heard."
_PAST = (
    "Customers notice nothing. Look into the log of the site's broker: a wrong password, a certificate that has run out,"
    " a firewall?"
)
_CENTRAL = (
    "Customers notice nothing until the network is cut, too: each gate decides alone then. Start the site's broker, or"
    " look at the network between the two."
)


def way(told: Mapping[str, str]) -> Finding:
    """What the agent says, and what it means; `told` is what it wrote down, nothing where there is no database."""
    if not _hears_hub(told):
        return warn(_TOPIC, "the agent does not hear the hub just now", _UNHEARD)
    since = _since(told.get("route_since", ""))
    match told.get("route"):
        case "past":
            says = f"past the site's broker{since}: that has lost the hub, for its bridge is dead"
            return warn(_TOPIC, says, _PAST)
        case "central":
            return warn(_TOPIC, f"over the central broker{since}: the site's own one can't be reached", _CENTRAL)
        case "bridge":
            return ok(_TOPIC, f"over the site's broker and its bridge{since}")
        case _:
            return ok(_TOPIC, "over the central broker")


def _hears_hub(told: Mapping[str, str]) -> bool:
    """By the clock of this boot; what was written before counts no more."""
    heard, now_ms = told.get("heard_mono", ""), time.monotonic_ns() // 1_000_000
    if told.get("connected") != "1" or not heard.isdecimal():
        return False
    return told.get("heard_boot") == _boot() and now_ms - int(heard) <= _SILENCE_MS


def _boot() -> str:
    return _BOOT_ID.read_text(encoding="ascii").replace("-", "")[:_BOOT_DIGITS]


def _since(wall_ms: str) -> str:
    if not wall_ms.isdecimal():
        return ""
    return f" since {datetime.fromtimestamp(int(wall_ms) / 1000, UTC):%Y-%m-%d %H:%M} UTC"
