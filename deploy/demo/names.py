"""Invented people: names as they are usual in each language, drawn at random."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """First and family names of one language, and how many in a hundred people here speak it."""

    share: int
    first: tuple[str, ...]
    family: tuple[str, ...]


NAMES: Mapping[str, Names] = {
    "fi": Names(
        50,
        tuple(
            "Aino Antti Eero Eeva Hanna Heikki Helmi Ilona Jari Juha Kaisa Kalle Katri Lauri Leena Matti Mikko Minna "
            "Noora Olli Outi Pekka Päivi Riikka Saara Sami Sanna Tapio Tuomas Veera Ville Väinö".split()
        ),
        tuple(
            "Aaltonen Hakala Heikkinen Hämäläinen Järvinen Koskinen Laine Lehtonen Mäkelä Niemi Nieminen Ojala "
            "Peltonen Rantanen Salonen Seppälä Tuominen Virtanen Väisänen Ylönen".split()
        ),
    ),
    "sv": Names(
        20,
        tuple(
            "Agneta Astrid Björn Ebba Elsa Fredrik Gunilla Göran Henrik Ingrid Johan Karin Lars Linnéa Maja Nils Oskar "
            "Sigrid Sofia Åke Åsa".split()
        ),
        tuple(
            "Ahlbäck Björklund Dahl Ekström Forsberg Grönroos Hedman Holm Lindgren Nyström Sandberg Sjöblom Söderholm "
            "Wikström Åberg Öhman".split()
        ),
    ),
    "en": Names(
        15,
        tuple("Alice Amir Chloe Daniel Emma Grace Harry Isla Jack James Lucy Oliver Priya Ruby Samuel Thomas".split()),
        tuple("Ahmed Baker Clarke Evans Fraser Green Hughes Khan Murphy Patel Reid Shaw Turner Walsh Young".split()),
    ),
    "et": Names(
        15,
        tuple(
            "Aivar Anu Jaan Kadri Kaspar Kristiina Laura Liis Maarja Madis Margus Martin Õnne Piret Rasmus Siim Tiina "
            "Toomas Triin Ülle".split()
        ),
        tuple(
            "Ilves Kask Kivi Koppel Kukk Kõiv Lepik Mägi Oja Pärn Raud Rebane Saar Sepp Tamm Vaher Õunapuu Ärm".split()
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist. `id` has 16 hex digits; `shown` is all that Opas is ever told of the name."""

    id: str
    first: str
    family: str
    lang: str

    @property
    def shown(self) -> str:
        """First name and initial."""
        return f"{self.first} {self.family[0]}."


def new_id(rng: random.Random) -> str:
    """16 hex digits."""
    return rng.randbytes(8).hex()


def people(rng: random.Random) -> Iterator[Person]:
    """One after the other, without end."""
    langs = list(NAMES)
    shares = [NAMES[lang].share for lang in langs]
    while True:
        (lang,) = rng.choices(langs, shares)
        yield Person(new_id(rng), rng.choice(NAMES[lang].first), rng.choice(NAMES[lang].family), lang)
