"""Experiments: which variant of an answer somebody gets, decided anew nowhere and stored nowhere.

A hash of the experiment and of the journey (or, for displays that many look at, of the hour) picks the variant, so every
screen of a site shows one journey the same one. Who has no journey gets the first variant.
"""

import hashlib
from collections.abc import Iterable

from kiosk.guidance.facts import Facts
from kiosk.model.pack import Experiment, SplitBy

_MS_PER_HOUR = 3_600_000
VARIANT_MARK = "/"
"""Between an experiment and its variant in a row."""


def variants_of(experiments: Iterable[Experiment], facts: Facts) -> frozenset[str]:
    """The variants that hold for these facts, each as `experiment/variant`."""
    return frozenset(f"{each.id}{VARIANT_MARK}{_variant(each, facts)}" for each in experiments)


def _variant(experiment: Experiment, facts: Facts) -> str:
    key = _key(experiment, facts)
    if not key:
        return experiment.variants[0]
    digest = hashlib.sha256(f"{experiment.id}\x00{key}".encode()).digest()
    return experiment.variants[int.from_bytes(digest[:8]) % len(experiment.variants)]


def _key(experiment: Experiment, facts: Facts) -> str:
    if experiment.by is SplitBy.HOUR:
        return str(facts.now // _MS_PER_HOUR)
    return "" if facts.journey is None else facts.journey.id
