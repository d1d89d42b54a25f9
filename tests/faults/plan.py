"""Which faults come when: drawn from a seed, so that a run that failed can be had again. Pure."""

import random
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
    FULL_HUB = "full_disk_of_the_hub"
    HOSTILE = "hostile_messages"
    VERSIONS = "other_versions"
    CLOCK = "clock_jumps"


_WEIGHTS = {Fault.KILL_APP: 3, Fault.KILL_AGENT: 3, Fault.KILL_BROKER: 2, Fault.KILL_HUB: 2, Fault.HOSTILE: 2}


class Blow(msgspec.Struct, frozen=True):
    """One fault: which device it hits, after how long, and a number for its details."""

    fault: Fault
    device: int
    after_s: float
    detail: int


def plan(seed: int, faults: int, devices: int) -> list[list[Blow]]:
    """`faults` blows in rounds of one to five; every kind comes before any comes by chance."""
    drawn = random.Random(seed)
    kinds = list(Fault)
    drawn.shuffle(kinds)
    weights = [_WEIGHTS.get(fault, 1) for fault in Fault]
    kinds += drawn.choices(list(Fault), weights, k=max(0, faults - len(kinds)))
    blows = [Blow(kind, drawn.randrange(devices), drawn.uniform(0.0, 0.15), drawn.getrandbits(32)) for kind in kinds]
    rounds: list[list[Blow]] = []
    rest = blows[:faults]
    while rest:
        size = drawn.randint(1, _MOST_AT_ONCE)
        rounds.append(rest[:size])
        rest = rest[size:]
    return rounds
