"""Exactly once: what is compared, and every way in which it can fail."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.exactlyonce import Stream, compare

EPOCH = "e1"


def at_hub(ids: dict[int, str], device: str = "desk", epoch: str = EPOCH) -> list[dict[str, Any]]:
    return [{"device": device, "epoch": epoch, "seq": seq, "id": id_} for seq, id_ in ids.items()]


def problems(written: dict[int, str], held: list[dict[str, Any]]) -> tuple[str, ...]:
    (tally,) = compare([Stream("desk", EPOCH, written)], held)
    return tally.problems


@given(count=st.integers(0, 40), seed=st.randoms())
def test_the_same_events_in_any_order_are_exactly_once(count: int, seed: Any) -> None:
    ids = {seq: f"id{seq}" for seq in range(1, count + 1)}
    held = at_hub(ids)
    seed.shuffle(held)
    (tally,) = compare([Stream("desk", EPOCH, ids)], held)
    assert (tally.written, tally.held, tally.problems) == (count, count, ())


def test_a_lost_event_is_named_by_its_number() -> None:
    assert problems({1: "a", 2: "b", 3: "c"}, at_hub({1: "a", 3: "c"})) == ("the hub lacks number 2",)


def test_a_doubled_event_is_found_by_number_and_by_id() -> None:
    held = at_hub({1: "a", 2: "b"}) + at_hub({2: "b"})
    assert problems({1: "a", 2: "b"}, held) == ("the hub has twice number 2", "the hub has twice the event b")
    assert problems({1: "a", 2: "b"}, at_hub({1: "a", 2: "a"})) == (
        "another event stands at the hub under number 2",
        "the hub has twice the event a",
    )


def test_a_gap_at_the_device_and_an_invention_at_the_hub_are_told() -> None:
    assert problems({1: "a", 3: "c"}, at_hub({1: "a", 3: "c"})) == ("the device itself lacks number 2",)
    assert problems({1: "a"}, at_hub({1: "a", 2: "x"})) == ("the hub has what the device did not write, number 2",)


def test_an_epoch_that_nobody_wrote_is_a_problem_of_its_own() -> None:
    tallies = compare([Stream("desk", EPOCH, {1: "a"})], at_hub({1: "a"}) + at_hub({1: "z"}, epoch="other"))
    assert [tally.epoch for tally in tallies] == [EPOCH, "other"]
    assert tallies[1].problems == ("the hub has 1 events of an epoch that no device here wrote",)


def test_a_long_list_is_cut() -> None:
    (problem,) = problems({seq: str(seq) for seq in range(1, 21)}, [])
    assert problem == "the hub lacks number 1, 2, 3, 4, 5 and 15 more"
