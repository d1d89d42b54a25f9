"""Pictures of the codes: one PNG each, tickets to print or to hold up on a phone, and one page with all of them."""

import re
import shutil
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import segno

from deploy.demo.codespage import page
from deploy.demo.content import Group, Kind, Sample
from deploy.demo.ticketpicture import TicketPainter

_PREFIX = "OP1:"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_TAMPERED_AT = len(_PREFIX) + 6
"""Within the identifier, so that all else stays as the hub made it."""
_MODULE_PX, _QUIET_MODULES = 6, 4
_PAINTED = (Group.STORY, Group.REFUSED)


@dataclass(frozen=True, slots=True)
class CodePicture:
    """One code as a picture. `flat` is the code alone, `ticket` the whole thing to print, where there is one."""

    sample: Sample
    payload: str
    flat: Path
    ticket: Path | None = None


class CodesFolder:
    """Writes `codes/`: the pictures and `index.html`."""

    def __init__(self, folder: Path, fonts: Path, site_names: Mapping[str, str]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._folder = folder
        self._site_names = site_names
        self._painter = TicketPainter(fonts)

    def write(self, samples: Iterable[Sample], issued: Mapping[tuple[str, str, str], str]) -> list[CodePicture]:
        """Draw all; `issued` are the hub's payloads by site, kind and id."""
        pictures = [self._draw(number, sample, issued) for number, sample in enumerate(samples, 1)]
        (self._folder / "index.html").write_text(page(_cards(pictures), self._site_names), encoding="utf-8")
        return pictures

    def _draw(self, number: int, sample: Sample, issued: Mapping[tuple[str, str, str], str]) -> CodePicture:
        payload = sample.payload or issued[sample.site, sample.kind, sample.id]
        if sample.tampered:
            payload = tampered(payload)
        flat = self._folder / f"{number:03}-{slug(f'{sample.site} {sample.kind} {sample.title}')}.png"
        draw_code(payload, flat)
        if sample.group not in _PAINTED:
            return CodePicture(sample, payload, flat)
        ticket = flat.with_name(f"ticket-{flat.name}")
        self._painter.paint(sample, self._site_names[sample.site], flat, ticket)
        return CodePicture(sample, payload, flat, ticket)


def draw_code(payload: str, path: Path) -> None:
    """One QR code at error correction level M with its quiet zone."""
    code = segno.make(payload, error="m", micro=False, boost_error=False)
    code.save(str(path), kind="png", scale=_MODULE_PX, border=_QUIET_MODULES)


def tampered(payload: str) -> str:
    """The same code with another number in it, as somebody writes it who can't sign."""
    at = _TAMPERED_AT
    # The lowest of a group's three base45 digits, one down or from 0 one up, keeps the group within 16 bits.
    digit = _ALPHABET.index(payload[at])
    return payload[:at] + _ALPHABET[digit - 1 if digit else 1] + payload[at + 1 :]


def slug(text: str) -> str:
    """Letters, digits and hyphens only, for a file's name."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def write_strip(pictures: Iterable[CodePicture], site: str, folder: Path) -> None:
    """The codes worth holding up at a site, named so that they sort and read well beside the window."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    chosen = [one for one in pictures if one.sample.group in _PAINTED and _fits(one.sample, site)]
    # Tickets first, then what is refused; the same people's other codes come after.
    chosen.sort(key=lambda one: one.sample.group is Group.STORY and one.sample.kind is not Kind.TICKET)
    for number, picture in enumerate(chosen, 1):
        shutil.copyfile(picture.flat, folder / f"{number:02} {_label(picture.sample)}.png")


def _fits(sample: Sample, site: str) -> bool:
    # One code of the other site is worth trying, too.
    return sample.site == site or (sample.group is Group.STORY and sample.kind is Kind.ORDER)


def _label(sample: Sample) -> str:
    """What stands below a code in the strip: who and what, or what is wrong with it."""
    if sample.group is Group.REFUSED:
        text = sample.key.removeprefix(f"{sample.site}-").replace("-", " ").capitalize()
    else:
        text = sample.title if sample.kind is Kind.ORDER else f"{sample.title} {sample.kind}"
    return re.sub(r"[/\x00-\x1f]", " ", text).strip()


def _cards(pictures: Iterable[CodePicture]) -> list[tuple[Sample, str, str]]:
    return [(one.sample, one.flat.name, "" if one.ticket is None else one.ticket.name) for one in pictures]
