"""A mistyped word is answered with the one that was probably meant."""

from enum import StrEnum

import msgspec
import pytest

from kiosk.model.nearest import nearest_word


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Lamp(msgspec.Struct, forbid_unknown_fields=True):
    colour: Colour = Colour.RED
    dimmed: Colour | None = None
    watts: int = 5


class House(msgspec.Struct, forbid_unknown_fields=True):
    lamps: tuple[Lamp, ...] = ()
    colours: list[Colour] = []
    door: Lamp | None = None


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"lamp": []}, "Did you mean `lamps`? It can be lamps, colours, door."),
        ({"lamps": [{"color": "red"}]}, "Did you mean `colour`? It can be colour, dimmed, watts."),
        ({"lamps": [{"colour": "Grene"}]}, "Did you mean `green`? It can be red, green."),
        ({"lamps": [{"dimmed": "rad"}]}, "Did you mean `red`? It can be red, green."),
        ({"door": {"wats": 5}}, "Did you mean `watts`? It can be colour, dimmed, watts."),
        ({"colours": ["xyz"]}, "It can be red, green."),
        ({"lamps": [{"watts": "many"}]}, ""),
    ],
)
def test_the_nearest_word_and_all_others_are_named(tables: dict[str, object], says: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(tables, House)
    assert nearest_word(caught.value, House) == says


def test_a_problem_of_another_structure_is_not_guessed_at() -> None:
    assert nearest_word(msgspec.ValidationError("Object contains unknown field `x` - at `$.no.such[0]`"), House) == ""
