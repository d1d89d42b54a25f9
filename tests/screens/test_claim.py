"""The screen of a device that nobody has claimed yet, or that was turned out."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from kiosk.config import Role
from kiosk.model.code import Symbology
from kiosk.model.command import ChooseLanguage
from kiosk.model.identity import ClaimCode, Fingerprint, Standing, scanned, shown
from kiosk.model.ids import Lang
from kiosk.model.view import ClaimView
from kiosk.scanning.zxing import ZxingDecoder
from tests.screens import scenes
from tests.screens.conftest import LANGS, Opener
from tests.screens.looking import clipped, outside, overlapping
from tests.screens.theatre import LANDSCAPE, PORTRAIT

if TYPE_CHECKING:
    from tests.screens.theatre import Theatre

CODE = ClaimCode("K7QF3M9X")
KEY = Fingerprint("ab" * 32)


def view(lang: Lang = scenes.EN, standing: Standing = Standing.UNCLAIMED) -> ClaimView:
    return ClaimView(
        standing, shown(CODE), scanned(CODE, KEY), KEY[:16], "https://hub.example:8600", "", "", lang, LANGS
    )


def in_trouble(lang: Lang) -> ClaimView:
    problem = "Hub https://hub.example:8600: its certificate is not trusted (self-signed certificate in chain)."
    todo = "Compare [hub] url with the names in the hub's identity.names, and [hub] ca_sha256 with `opas fleet ca`."
    return msgspec.structs.replace(view(lang), code="", scanned="", key="", problem=problem, todo=todo)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_everything_fits_in_every_language(open_theatre: Opener, lang: Lang, size: tuple[int, int]) -> None:
    """With a code, without one, and when it was turned out."""
    theatre = open_theatre(Role.KIOSK, size)
    way = "portrait" if size == PORTRAIT else "landscape"
    for name, shown_view in {
        "new": view(lang),
        "removed": view(lang, Standing.REMOVED),
        "trouble": in_trouble(lang),
        "asking": msgspec.structs.replace(view(lang), code="", scanned="", key="", hub=""),
    }.items():
        theatre.show(shown_view)
        theatre.picture(f"claim-{name}-{way}-{lang}")
        assert theatre.stage.shown == "claim"
        assert clipped(theatre) + outside(theatre) + overlapping(theatre) == []


@pytest.mark.parametrize("role", list(Role))
def test_every_role_shows_the_code_in_words_and_as_a_qr_code(open_theatre: Opener, role: Role) -> None:
    """The QR code is read from the glass; it carries the whole fingerprint."""
    theatre = open_theatre(role, LANDSCAPE if role in {Role.BOARD, Role.DESK} else PORTRAIT)
    theatre.show(view())
    assert "K7QF-3M9X" in theatre.texts()
    assert read(theatre) == [scanned(CODE, KEY)]


def test_a_tap_chooses_the_language(open_theatre: Opener) -> None:
    theatre = open_theatre(Role.KIOSK)
    theatre.show(view())
    theatre.tap("language-et")
    assert theatre.sent == [ChooseLanguage(scenes.ET)]


def test_nothing_of_the_code_stays_when_the_device_is_in_again(open_theatre: Opener) -> None:
    theatre = open_theatre(Role.KIOSK)
    theatre.show(view(standing=Standing.REMOVED))
    theatre.show(scenes.attract(scenes.EN))
    assert theatre.stage.shown == "attract"
    assert not any("K7QF" in str(getattr(cell, "text", "")) for cell in theatre.everything())


def read(theatre: "Theatre") -> list[str]:
    """The codes on the glass."""
    gray = np.asarray(Image.fromarray(theatre.pixels().copy()).convert("L"))
    return [code.payload.decode() for code in ZxingDecoder([Symbology.QR]).decode(gray)]
