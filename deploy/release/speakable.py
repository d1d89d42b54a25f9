"""Whether every text that is read aloud can be: letters, numbers and pauses, no signs that a voice spells or skips."""

import re
import unicodedata
from collections.abc import Iterator

from kiosk.guidance.effective import edges, pack_at
from kiosk.guidance.references import Flaw
from kiosk.guidance.texts import WAY_SPOKEN, offer_keys, required_texts, row_keys
from kiosk.guidance.words import FORM_MARK, PLACEHOLDER
from kiosk.model.pack import Pack

GATE = "speech"
_PAUSES = frozenset(" .,:;!?'’\"“”„()-–—…·×%°&+")
_TOLD_OF_WAYS = ("turn.", "way.none")
_SHOUTED = re.compile(r"[^\W\d_]{5,}")


def speech_flaws(pack: Pack) -> Iterator[Flaw]:
    """Spoken texts with something in them that can't be said."""
    keys = set(_spoken(pack))
    for moment in (None, *edges(pack)):
        messages = (pack if moment is None else pack_at(pack, moment)).messages
        for lang, texts in messages.items():
            for key, text in texts.items():
                if key.partition(FORM_MARK)[0] in keys:
                    yield from _flaws(lang, key, PLACEHOLDER.sub("", text), whole=text)


def _spoken(pack: Pack) -> Iterator[str]:
    for row in pack.rows:
        yield from row_keys(row)
    for line in pack.pickup_rows:
        yield from (line.word, line.detail)
    for place in pack.places:
        yield from (place.name, f"{place.name}.to")
    for pathway in pack.pathways:
        yield from (pathway.signs, pathway.signs_back)
    for offer in pack.offers:
        yield from offer_keys(offer)
    yield from (place.message for place in pack.unreachable)
    yield WAY_SPOKEN
    yield from (need.key for need in required_texts(pack) if need.key.startswith(_TOLD_OF_WAYS))


def _flaws(lang: str, key: str, text: str, whole: str) -> Iterator[Flaw]:
    odd = [sign for sign in text if sign not in _PAUSES and unicodedata.category(sign)[0] not in "LNM"]
    if odd:
        what = f'A voice can\'t say "{odd[0]}" in the text in {lang}.'
        yield Flaw("messages", key, what, "Write it as a word, or give the answer a text of its own for speech.", GATE)
    shouted = next((word for word in _SHOUTED.findall(text) if word.isupper()), "")
    if shouted:
        yield Flaw("messages", key, f'A voice spells "{shouted}" in {lang}.', "Write it in small letters.", GATE)
    if not any(map(str.isalnum, text)) and not PLACEHOLDER.search(whole):
        yield Flaw("messages", key, f"There is nothing to say in {lang}.", "Write words.", GATE)
