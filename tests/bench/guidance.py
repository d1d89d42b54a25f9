"""Facts to step: how long a decision takes with the terminal's pack and with one of 500 rows.

The reference is `json.loads` of the same facts as JSON, measured in the same run: reading the facts once.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from deploy.release.checking import check
from deploy.release.pack import build_pack
from deploy.release.proof import prove
from kiosk.guidance import Facts, Guide, load_pack
from kiosk.guidance.words import Words
from kiosk.model.ids import DeviceId, Lang
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from tests.bench.figure import Figure, figures
from tests.fakes.packs import a_departure, a_journey, a_subject, a_ticket, an_order, pack_bytes

_PACKS = Path(__file__).resolve().parents[2] / "assets" / "packs"
_KIOSK = DeviceId("terminal-kiosk-1")
_LANG = Lang("fi")
_ROUNDS = 2000
_ROWS = 500
_AIM_MS = 1.0
_PROOF_AIM_MS = 20_000.0
"""For 100,000 situations; the terminal's pack has more."""


def run() -> Iterator[Figure]:
    """Median and tail of one decision, and the loading of a pack."""
    body = build_pack(_PACKS / "terminal")
    facts = msgspec.structs.replace(
        Facts(now=_now(), outcome=Outcome.CHECKED_IN, ticket=a_ticket(), journey=a_journey()),
        departure=a_departure(gate="gate-7"),
        orders=(an_order("A17", OrderState.PREPARING, place="shop-desk"),),
        subject=a_subject(),
        name="Anna K.",
    )
    text = msgspec.json.encode(facts).decode()
    bare = _sampled(lambda: json.loads(text))
    yield from figures("json.loads of the facts", bare, "ms")
    guide = Guide(load_pack(body), _KIOSK)
    reference = {"median": sorted(bare)[len(bare) // 2]}
    yield from figures("facts → step, terminal pack", _sampled(lambda: guide.step(facts, _LANG)), "ms", reference)
    large = Guide(load_pack(_with_rows(body)), _KIOSK)
    last = _sampled(lambda: large.step(facts, _LANG))
    yield from figures(f"facts → step, {_ROWS} rows, the last holds", last, "ms", {"median": _AIM_MS})
    yield from figures("load_pack, terminal pack", _sampled(lambda: load_pack(body), 40), "ms")
    pack = load_pack(body)
    words = Words(pack.messages, pack.zone)
    situations = prove(pack, words).situations
    proofs = _sampled(lambda: prove(pack, words), 5)
    aim = {"median": _PROOF_AIM_MS}
    yield from figures(f"proof of the terminal pack, {situations:,} situations", proofs, "ms", aim)
    yield from figures("check of the terminal pack, all gates", _sampled(lambda: check(_PACKS / "terminal"), 3), "ms")
    yield from figures("Guide of the terminal pack", _sampled(lambda: Guide(load_pack(body), _KIOSK), 20), "ms")


def _now() -> Any:
    return a_departure(0).departs_at


def _with_rows(body: bytes) -> bytes:
    """The same pack with 500 rows for one outcome, none but the last of which holds: the worst there can be."""
    content = msgspec.json.decode(body)
    del content["version"]
    row = next(row for row in content["rows"] if row["id"] == "k-in-named")
    never = {"and": [{"===": [{"var": "journey.state"}, "checked_in"]}, {"===": [{"var": "order.state"}, "called"]}]}
    rows = [{**row, "id": f"never-{number}", "when": never} for number in range(_ROWS - 1)]
    content["rows"] = [*rows, row]
    return pack_bytes(content)


def _sampled(act: Callable[[], object], rounds: int = _ROUNDS) -> list[float]:
    act()
    samples: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        act()
        samples.append((time.perf_counter_ns() - start) / 1e6)
    return samples
