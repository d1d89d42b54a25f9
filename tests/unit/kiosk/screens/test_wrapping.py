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


_WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=14), min_size=1, max_size=12).map(" ".join)


@given(_WORDS, st.integers(20, 400))
def test_lines_are_as_full_as_they_can_be(text: str, width: int) -> None:
    """Whatever is guessed on the way: each line would be too wide with the next word, and only single words are."""
    lines = set_text(text, 10, Room(width, lines=99), _uneven).lines
    assert " ".join(lines) == text
    size = set_text(text, 10, Room(width, lines=99), _uneven).size
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert _uneven(line, size)[0] <= width or " " not in line
        if following:
            assert _uneven(f"{line} {following.split(' ')[0]}", size)[0] > width


def test_few_lengths_are_measured() -> None:
    """Measuring is what takes the time: a text of many words asks for about two lengths a line, not one a word."""
    asked: list[str] = []

    def extent(text: str, size: int) -> tuple[int, int]:
        asked.append(text)
        return _extent(text, size)

    setting = set_text("Käänny oikealle ja kulje 35 metriä ja seuraa opasteita portille", 10, Room(180), extent)
    assert len(setting.lines) == 2
    assert len(asked) <= 1 + 2 * len(setting.lines)


def _uneven(text: str, size: int) -> tuple[int, int]:
    """Letters of different widths."""
    return sum(size * (1 + "abcdefghij ".index(letter)) // 6 for letter in text), size
