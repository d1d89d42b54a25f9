"""GS1: element strings as scanned and as written, and links that are read and never opened."""

import string
from datetime import date

import pytest

from kiosk.model.foreign import Format, Gs1Element, Gs1Item, Reason
from kiosk.scanning.formats import Plain
from kiosk.scanning.formats.gs1fields import FIELDS, KEYS, check_digit
from tests.unit.kiosk.scanning.formats.issuers import ELEMENTS, LINK
from tests.unit.kiosk.scanning.formats.reading import foreign, read, refusal, ticket

GTIN = "09506000134352"
GS = "\x1d"


@pytest.mark.parametrize(
    ("number", "digit"),
    [("629104150021", "3"), ("37610425002123456", "9"), ("0950600013435", "2"), ("950110153000", "3")],
)
def test_the_check_digit_is_the_standards(number: str, digit: str) -> None:
    """The worked examples of GS1's check digit page (GTIN-13 and SSCC) and GS1's own example GTINs."""
    assert check_digit(number) == digit


def test_an_element_string_is_read() -> None:
    assert ticket(Gs1Item, ELEMENTS).elements == (
        Gs1Element("01", GTIN),
        Gs1Element("10", "ABC123"),
        Gs1Element("17", "261225", date(2026, 12, 25)),
    )


@pytest.mark.parametrize("mark", ["]C1", "]e0", "]d2", "]Q3", "]J1", GS, "]d2" + GS, ""])
def test_however_a_reader_says_that_it_is_gs1s(mark: str) -> None:
    item = ticket(Gs1Item, f"{mark}01{GTIN}3103001750{GS}10ABC{GS}21X")
    assert item.bracketed == f"(01){GTIN}(3103)001750(10)ABC(21)X"
    assert (item.value("3103"), item.value("99")) == ("001750", None)


def test_it_is_looked_up_as_scanned_and_as_written() -> None:
    """A hub may know the thing by either; the barcode and the link of one thing then meet."""
    written = f"(01){GTIN}(10)ABC123(17)261225".encode()
    assert foreign(ELEMENTS).names == (ELEMENTS, written)
    assert foreign(LINK).names == (LINK, written)
    assert foreign(written).names == (written,)


def test_brackets_in_a_value_stay_there() -> None:
    assert ticket(Gs1Item, f"(01){GTIN}(10)A(B)(77)C").value("10") == "A(B)(77)C"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("261231", date(2026, 12, 31)),
        ("260200", date(2026, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
    ],
    ids=["a day", "a month", "a leap month", "50 years ahead", "51 years ahead is past"],
)
def test_two_digits_of_a_year_are_enough(text: str, day: date) -> None:
    assert ticket(Gs1Item, f"]C101{GTIN}17{text}").elements[1].day == day


def test_a_year_just_before_the_turn_of_the_century_is_past() -> None:
    """Section 7.12: fifty or more years ago means the next century, fewer means this one."""
    late = 4_102_444_800_000 - 86_400_000  # 31 December 2099
    assert ticket(Gs1Item, f"]C101{GTIN}17010101", now=late).elements[1].day == date(2101, 1, 1)


def test_dates_and_times_in_one_value() -> None:
    item = ticket(Gs1Item, f"]C101{GTIN}7003261225{'2359'}{GS}7007260101261231{GS}7007260101261231")
    assert [element.day for element in item.elements[1:]] == [date(2026, 12, 25), date(2026, 1, 1)]
    assert ticket(Gs1Item, f"]C101{GTIN}7007260101").elements[1].day == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.MISSING_FIELD),
        ("0109506000134353", Reason.BAD_CHECK_DIGIT),
        ("00376104250021234568", Reason.BAD_CHECK_DIGIT),
        ("010950600013435", Reason.BAD_LENGTH),
        ("0109506000I34352", Reason.BAD_TEXT),
        (f"01{GTIN}17261301", Reason.BAD_DATE),
        (f"01{GTIN}17260230", Reason.BAD_DATE),
        (f"01{GTIN}17260001", Reason.BAD_DATE),
        (f"01{GTIN}70032612252400", Reason.BAD_DATE),
        (f"01{GTIN}70032612252360", Reason.BAD_DATE),
        (f"01{GTIN}7007261225261", Reason.BAD_LENGTH),
        (f"01{GTIN}10", Reason.BAD_LENGTH),
        (f"01{GTIN}10{'A' * 21}", Reason.BAD_LENGTH),
        (f"01{GTIN}10A\x1b", Reason.BAD_TEXT),
        (f"01{GTIN}05123", Reason.UNKNOWN_FIELD),
        (f"01{GTIN}3106000001", Reason.UNKNOWN_FIELD),
        (f"01{GTIN}10A{GS}10B", Reason.REPEATED_FIELD),
        (f"01{GTIN}" * 65, Reason.TOO_MANY),
        ("(05)1", Reason.UNKNOWN_FIELD),
        (f"(01){GTIN}" * 65, Reason.TOO_MANY),
        ("(01)123", Reason.BAD_LENGTH),
    ],
)
def test_what_is_marked_and_wrong_has_a_name(text: str, reason: Reason) -> None:
    assert refusal(Format.GS1, "]d2" + text) is reason


@pytest.mark.parametrize(
    "text", ["0109506000134353", "10ABC", "6412345678901", "(02) 1234567", "(", "(01)1", "ä" + GTIN]
)
def test_what_is_not_marked_and_does_not_read_as_gs1s_is_plain(text: str) -> None:
    assert read(text) == Plain(text.encode())


def test_the_table_is_whole() -> None:
    """Every primary key is there, no identifier hides behind a shorter one, every format has a bound."""
    assert FIELDS.keys() >= KEYS
    assert {
        field.ai for field in FIELDS.values() if any(field.ai[:size] in FIELDS for size in range(2, len(field.ai)))
    } == set()
    assert all(0 < field.least <= field.most <= 90 for field in FIELDS.values())
    assert {len(ai) for ai in FIELDS} == {2, 3, 4}
    assert set("".join(FIELDS)) == set(string.digits)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f"https://example.com/01/{GTIN}", f"(01){GTIN}"),
        (f"HTTP://Example.com/any/path/01/{GTIN}", f"(01){GTIN}"),
        ("https://example.com/01/9506000134352", f"(01){GTIN}"),
        (f"https://example.com/01/{GTIN}/22/2A/10/L%2F1/21/S", f"(01){GTIN}(22)2A(10)L/1(21)S"),
        ("https://example.com/00/376104250021234569", "(00)376104250021234569"),
        ("https://example.com/414/9501101530003/254/32a%2Fb", "(414)9501101530003(254)32a/b"),
        (f"https://example.com/01/{GTIN}?3103=000195;17=261225&x=y&flag&1=2#part", f"(01){GTIN}(3103)000195(17)261225"),
        ("https://example.com/8010/1987654%23Ad%2FX".replace("d", "D"), "(8010)1987654#AD/X"),
    ],
)
def test_a_link_is_read_as_data(link: str, expected: str) -> None:
    item = ticket(Gs1Item, link)
    assert (item.bracketed, item.host) == (expected, "example.com")


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("https://example.com/01/09506000134353", Reason.BAD_CHECK_DIGIT),
        ("https://example.com/01/9506000134353", Reason.BAD_CHECK_DIGIT),
        (f"https://example.com/01/{GTIN}/21/S/10/L", Reason.UNKNOWN_FIELD),
        (f"https://example.com/01/{GTIN}/10/A/10/B", Reason.UNKNOWN_FIELD),
        (f"https://example.com/01/{GTIN}/10/%4", Reason.BAD_ENCODING),
        (f"https://example.com/01/{GTIN}/10/%+1", Reason.BAD_ENCODING),
        (f"https://example.com/01/{GTIN}/10/%1B", Reason.BAD_TEXT),
        (f"https://example.com/01/{GTIN}/10/A?10=B", Reason.REPEATED_FIELD),
        (f"https://example.com/01/{GTIN}?17=260230", Reason.BAD_DATE),
        (f"https://example.com/01/{GTIN}?" + "a=b&" * 64, Reason.TOO_MANY),
    ],
)
def test_a_link_that_is_wrong_says_how(link: str, reason: Reason) -> None:
    assert refusal(Format.GS1, link) is reason


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com",
        "https://example.com/order/4711",
        "https://example.com/01/123",
        "https://example.com/01/ABCDEFGHIJKLM",
        f"https:///01/{GTIN}",
        f"https://{'a' * 254}/01/{GTIN}",
        f"https://example.com/01/{GTIN}\n",
        f"https://example.com/{'a/' * 64}01/{GTIN}",
        "https://example.com/8010/%",
        f"ftp://example.com/01/{GTIN}",
    ],
)
def test_any_other_link_is_plain(link: str) -> None:
    assert read(link) == Plain(link.encode())
