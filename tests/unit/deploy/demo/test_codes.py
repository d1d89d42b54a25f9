"""Pictures of codes: they read back, forged ones are forged, and the page shows text as text."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from PIL import Image

from deploy.demo.codes import CodePicture, CodesFolder, draw_code, slug, tampered, write_strip
from deploy.demo.content import Group, Kind, Sample
from deploy.demo.ticketpicture import wrapped
from kiosk.model.code import Symbology
from kiosk.model.ids import EpochMs, SiteId
from kiosk.model.opascode import CodeKind, OpasCode, pack, site_tag, unpack
from kiosk.scanning.zxing import ZxingDecoder

SIGNATURE = bytes(range(64))
NAMES = {"terminal": "The <terminal>", "shop": "The shop"}
TICKET = Sample("terminal", Kind.TICKET, "00112233445566aa", Group.STORY, "Åsa & Õ.", "<b>bold</b> note", "asa-ticket")
PLAIN = Sample("terminal", Kind.PLAIN, "", Group.REFUSED, "Voucher", "Not ours.", "terminal-wrong-day", "hello")


def issued(identifier: str) -> str:
    code = OpasCode(CodeKind.TICKET, 1, identifier, EpochMs(0), None, site_tag(SiteId("terminal")))
    return pack(code, SIGNATURE).decode()


@pytest.fixture
def pictures(tmp_path: Path) -> list[CodePicture]:
    folder = CodesFolder(tmp_path / "codes", tmp_path / "no fonts", NAMES)
    forged = replace(TICKET, key="forged", group=Group.REFUSED, tampered=True, title="Somebody")
    other = Sample("shop", Kind.LOYALTY, "0011223344556677", Group.LOYALTY, "Other", "")
    payloads = {
        ("terminal", "ticket", TICKET.id): issued(TICKET.id),
        ("shop", "loyalty", other.id): issued(other.id),
    }
    return folder.write([TICKET, PLAIN, forged, other], payloads)


def payloads_in(path: Path) -> list[bytes]:
    with Image.open(path) as picture:
        gray = np.asarray(picture.convert("L"))
    return [found.payload for found in ZxingDecoder([Symbology.QR]).decode(gray)]


def test_a_picture_and_the_ticket_with_it_read_back_as_what_the_hub_issued(pictures: list[CodePicture]) -> None:
    first = pictures[0]
    assert first.ticket is not None
    assert payloads_in(first.flat) == payloads_in(first.ticket) == [issued(TICKET.id).encode()]


def test_a_code_has_its_quiet_zone_of_four_modules(tmp_path: Path) -> None:
    draw_code(issued(TICKET.id), tmp_path / "code.png")
    with Image.open(tmp_path / "code.png") as picture:
        pixels = np.asarray(picture.convert("L"))
    assert pixels[:24].min() == pixels[:, :24].min() == 255
    assert pixels[24:30, 24:30].max() == 0


@given(identifier=st.binary(min_size=8, max_size=8))
def test_a_tampered_code_is_well_formed_and_names_another_ticket_under_the_old_signature(identifier: bytes) -> None:
    genuine = issued(identifier.hex())
    code, signature = unpack(tampered(genuine).encode())
    before, _ = unpack(genuine.encode())
    assert signature == SIGNATURE
    assert code.identifier != before.identifier
    assert structs.replace(code, identifier=before.identifier) == before


def test_the_page_has_every_code_and_no_markup_from_a_name(pictures: list[CodePicture]) -> None:
    html = (pictures[0].flat.parent / "index.html").read_text()
    assert all(f'src="{picture.flat.name}"' in html for picture in pictures)
    assert "Åsa &amp; Õ." in html
    assert "&lt;b&gt;bold&lt;/b&gt; note" in html
    assert "<b>bold" not in html
    assert "The &lt;terminal&gt;" in html


def test_the_strip_holds_the_story_and_the_refusals_of_its_site_under_short_names(
    pictures: list[CodePicture], tmp_path: Path
) -> None:
    write_strip(pictures, "terminal", tmp_path / "strip")
    names = sorted(path.name for path in (tmp_path / "strip").iterdir())
    assert names == ["01 Åsa & Õ. ticket.png", "02 Wrong day.png", "03 Forged.png"]


def test_file_names_hold_letters_digits_and_hyphens_only() -> None:
    assert slug("Terminal / Åsa & Õ.!") == "terminal-asa-o"


def test_a_long_word_has_a_line_of_its_own() -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(20)
    lines = wrapped("a b " + "w" * 80 + " c", font, 200)
    assert lines == ["a b", "w" * 80, "c"]
