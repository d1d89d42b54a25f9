"""Order numbers, told by the shapes a site sets."""

import pytest

from kiosk.model.foreign import OrderNumber
from kiosk.model.trust import OrderPattern, Trust
from kiosk.scanning.formats import Plain
from tests.unit.kiosk.scanning.formats.reading import foreign, read, ticket

SITE = Trust(order_patterns=(OrderPattern("@##"), OrderPattern("ord-####"), OrderPattern(r"\#??")))


@pytest.mark.parametrize(
    ("payload", "number"),
    [("A17", "A17"), ("a17", "A17"), (" A17\r\n", "A17"), ("ORD-4711", "ORD-4711"), ("#x9", "#X9")],
)
def test_a_number_that_fits_is_told(payload: str, number: str) -> None:
    assert ticket(OrderNumber, payload, SITE).number == number


@pytest.mark.parametrize(
    "payload", ["A1", "A177", "AA7", "ORD-47I1", "XX9", "A17\x00", "Ä17", " " * 41, "A١٧", "A17 A17"]
)
def test_a_number_that_does_not_fit_is_plain(payload: str) -> None:
    assert read(payload, SITE) == Plain(payload.encode())


def test_it_is_looked_up_as_written_and_then_as_meant() -> None:
    assert foreign(" a17", SITE).names == (b" a17", b"A17")
    assert foreign("A17", SITE).names == (b"A17",)


def test_without_patterns_nothing_is_a_number() -> None:
    assert read("A17", Trust()) == Plain(b"A17")


@pytest.mark.parametrize("text", ["", "#" * 33, "№##", "A\n#", "A\\"])
def test_a_pattern_that_can_not_be_meant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="order pattern"):
        OrderPattern(text)


def test_a_backslash_takes_the_next_sign_as_it_is() -> None:
    pattern = Trust(order_patterns=(OrderPattern(r"\@\\#"),))
    assert ticket(OrderNumber, r"@\7", pattern).number == "@\\7"
    assert read(r"A\7", pattern) == Plain(rb"A\7")
