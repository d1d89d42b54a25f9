"""How texts are set, with letters ten hundredths of their size wide."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.widgets.wrapping import Room, as_typed, set_text, unbroken


def _extent(text: str, size: int) -> tuple[int, int]:
    return len(text) * size // 2, size


def test_a_short_text_is_set_at_its_full_size() -> None:
    """One line, as wide as its letters."""
    assert set_text("Gate 7", 100, Room(1000), _extent) == (100, ("Gate 7",), 300, 100)


def test_a_long_text_is_wrapped_at_words() -> None:
    """No word is torn."""
    assert set_text("walk to the gate", 20, Room(100), _extent).lines == ("walk to", "the gate")


def test_a_long_word_makes_the_text_smaller() -> None:
    """Finnish has many of them."""
    setting = set_text("Lähtöselvitys", 100, Room(325), _extent)
    assert setting.lines == ("Lähtöselvitys",)
    assert setting.width <= 325
    assert setting.size < 100


def test_lines_and_height_are_kept() -> None:
    """Too many lines make the text smaller, and so does too little height."""
    assert len(set_text("one two three four", 100, Room(450, 0, 2), _extent).lines) == 2
    assert set_text("one two three four", 100, Room(450, 150), _extent).height <= 150


def test_line_breaks_in_the_text_stay() -> None:
    """Two paragraphs are two lines."""
    assert set_text("a\nb", 20, Room(100), _extent).lines == ("a", "b")


@given(
    st.text("abcdefåä -\n", max_size=120),
    st.integers(1, 200),
    st.floats(100, 2000),
    st.floats(20, 2000),
    st.integers(0, 4),
)
def test_no_letter_is_ever_lost(text: str, size: int, width: float, height: float, lines: int) -> None:
    """Whatever the room: the lines hold all words in their order, and the setting is no larger than asked for."""
    setting = set_text(text, size, Room(width, height, lines), _extent)
    assert " ".join(setting.lines).split() == text.split()
    assert setting.size <= size


def test_numbers_stay_with_their_words() -> None:
    """A gate is not torn from its number, nor a number from its unit; to compare, spaces are spaces."""
    assert unbroken("Gate 7") == "Gate\u00a07"
    assert unbroken("120 m · noin 2 min") == "120\u00a0m · noin\u00a02\u00a0min"
    assert unbroken("Information desk") == "Information desk"
    assert unbroken("late, 17:04") == "late, 17:04"
    assert as_typed(unbroken("120 m · noin 2 min")) == "120 m · noin 2 min"
