"""Which faults come when: drawn from a seed, so that a run that failed can be had again. Pure."""

import random
from collections.abc import Iterable
from enum import StrEnum

import msgspec

_MOST_AT_ONCE = 5


class Fault(StrEnum):
    """What can happen."""

    KILL_APP = "kill_app"
    KILL_AGENT = "kill_agent"
    KILL_BOTH = "kill_app_and_agent"
    KILL_BROKER = "kill_broker"
    WIPE_BROKER = "wipe_broker"
    KILL_HUB = "kill_hub"
    RESTORE_HUB = "restore_hub"
    DAMAGE = "damage_database"
    FULL_DISK = "full_disk"
    HOSTILE = "hostile_messages"
    VERSIONS = "other_versions"
    CLOCK = "clock_jumps"
    PARTITION = "two_gates_cut_off_take_one_ticket"
    CLONE = "cloned_card"
    FULL_HUB = "full_disk_of_the_hub"
    KILL_SITE_BROKER = "kill_site_broker_and_bridge"
    WIPE_SITE_BROKER = "wipe_site_broker"
    DEAD_BRIDGE = "dead_bridge"
    KILL_WORKER = "kill_one_of_two_hubs"
    KILL_SESSIONS = "kill_sessions_of_postgresql"
    KILL_DATABASE = "kill_postgresql"
    RENEW = "certificate_renewed"
    REVOKE = "certificate_revoked"
    EXPIRE = "certificate_expired"


_SMALL_ONLY = frozenset({Fault.FULL_HUB})
_CERTIFICATES = frozenset({Fault.RENEW, Fault.REVOKE, Fault.EXPIRE})
_LARGE_ONLY = frozenset(
    {
        Fault.KILL_SITE_BROKER,
        Fault.WIPE_SITE_BROKER,
        Fault.DEAD_BRIDGE,
        Fault.KILL_WORKER,
        Fault.KILL_SESSIONS,
        Fault.KILL_DATABASE,
    }
)
OF_SMALL = tuple(fault for fault in Fault if fault not in _LARGE_ONLY | _CERTIFICATES)
"""What can happen to a site with one broker and one hub on SQLite."""
OF_LARGE = tuple(fault for fault in Fault if fault not in _SMALL_ONLY | _CERTIFICATES)
"""What can happen to a site with a broker of its own and two hubs on PostgreSQL."""
OF_SECURED = (
    *(Fault.KILL_APP, Fault.KILL_AGENT, Fault.KILL_BOTH, Fault.KILL_BROKER, Fault.KILL_HUB, Fault.CLOCK),
    *(Fault.RENEW, Fault.REVOKE, Fault.EXPIRE),
)
"""What can happen to a site whose devices come with certificates."""
_WEIGHTS = {Fault.KILL_APP: 3, Fault.KILL_AGENT: 3, Fault.KILL_BROKER: 2, Fault.KILL_HUB: 2, Fault.HOSTILE: 2}


class Blow(msgspec.Struct, frozen=True):
    """One fault: which device it hits, after how long, and a number for its details."""

    fault: Fault
    device: int
    after_s: float
    detail: int


def plan(seed: int, faults: int, devices: int, possible: Iterable[Fault]) -> list[list[Blow]]:
    """`faults` blows in rounds of one to five; every kind that is possible comes before any comes by chance."""
    drawn = random.Random(seed)
    kinds = list(possible)
    weights = [_WEIGHTS.get(fault, 1) for fault in kinds]
    by_chance = drawn.choices(kinds, weights, k=max(0, faults - len(kinds)))
    drawn.shuffle(kinds)
    blows = [
        Blow(kind, drawn.randrange(devices), drawn.uniform(0.0, 0.15), drawn.getrandbits(32))
        for kind in (*kinds, *by_chance)
    ]
    rounds: list[list[Blow]] = []
    rest = blows[:faults]
    while rest:
        size = drawn.randint(1, _MOST_AT_ONCE)
        rounds.append(rest[:size])
        rest = rest[size:]
    return rounds
