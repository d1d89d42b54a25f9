"""Photos: what each reader reads of the pictures in a folder, as they are and fitted into 720p and 480p frames."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.chain import ALWAYS_READ
from kiosk.scanning.picture import Gray
from tests.bench.figure import Figure
from tests.bench.scan.readers import Read, readers

_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"}
_SIZES = {"native": None, "720p": (1280, 720), "480p": (640, 480)}
_ASKED = {"code128": Symbology.CODE128, "ean13": Symbology.EAN13, "datamatrix": Symbology.DATAMATRIX}


@dataclass(frozen=True)
class Photo:
    """A picture and what it says; None for one that holds no code."""

    path: Path
    says: bytes | None

    def right(self, payload: bytes) -> bool:
        """True if the payload is what the picture says: byte for byte, or as text, however its lines end."""
        return self.says is not None and (payload == self.says or bool(_texts(payload) & _texts(self.says)))


@dataclass
class Tally:
    """How a reader did: pictures read, pictures with something wrong in them, seconds."""

    right: int = 0
    wrong: int = 0
    seconds: float = 0.0


def measured(folder: Path) -> Iterator[Figure]:
    """A row for each set, size and reader. Raises `SystemExit` if there is no picture anywhere below `folder`."""
    sets = {
        str(path.relative_to(folder)): photos
        for path in sorted([folder, *folder.rglob("*/")])
        if (photos := _set(path))
    }
    if not sets:
        msg = f"no picture stands in {folder} or in any folder below it"
        raise SystemExit(msg)
    total: dict[tuple[str, str], list[Tally]] = {}
    asked = 0
    for name, photos in sets.items():
        qr = name.startswith("qr")
        asked += len(photos) if qr else 0
        for size, found in _sizes(photos, readers(_symbologies(name))):
            for reader, tally in found.items():
                yield from _figures(f"photos {name}, {size}", reader, tally, photos)
                total.setdefault((size, reader), []).extend([tally] if qr else [])
    for (size, reader), tallies in total.items():
        if asked and len(sets) > 1 and tallies:
            share = 100 * sum(one.right for one in tallies) / asked
            yield Figure(f"photos, all QR sets, {size}", reader, share, "%", None, asked)


def _set(folder: Path) -> list[Photo]:
    return [Photo(path, _said(path)) for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES]


def _said(path: Path) -> bytes | None:
    for ending in (".bin", ".txt"):
        if (beside := path.with_suffix(ending)).exists():
            return beside.read_bytes()
    return None


def _symbologies(name: str) -> Sequence[Symbology]:
    """What a touchpoint always reads, and what the set's name says that it would have turned on."""
    return [*ALWAYS_READ, *(one for word, one in _ASKED.items() if Path(name).name.startswith(word))]


def _sizes(photos: Sequence[Photo], compared: Mapping[str, Read]) -> Iterator[tuple[str, dict[str, Tally]]]:
    for size, fit in _SIZES.items():
        tallies = {name: Tally() for name in compared}
        for photo in photos:
            colour = picture.read_picture(photo.path)
            if colour is None:
                continue
            gray = picture.gray_of(colour if fit is None else picture.fitted(colour, fit))
            for name, read in compared.items():
                _tell(tallies[name], photo, gray, read)
        yield size, tallies


def _tell(tally: Tally, photo: Photo, gray: Gray, read: Read) -> None:
    before = time.perf_counter()
    payloads = read(gray)
    tally.seconds += time.perf_counter() - before
    good = [payload for payload in payloads if photo.right(payload)]
    tally.right += bool(good)
    tally.wrong += bool(payloads) and not good


def _figures(what: str, reader: str, tally: Tally, photos: Sequence[Photo]) -> Iterator[Figure]:
    coded = sum(photo.says is not None for photo in photos)
    if coded:
        yield Figure(what, reader, 100 * tally.right / coded, "%", None, coded)
    if tally.wrong or not coded:
        yield Figure(f"{what}: false", reader, tally.wrong, "pictures", None, len(photos))
    yield Figure(f"{what}: time", reader, 1000 * tally.seconds / len(photos), "ms", None, len(photos))


def _texts(data: bytes) -> set[str]:
    """What the bytes may say as text, in the encodings that codes use."""
    out = set()
    for encoding in ("utf-8", "shift-jis", "latin-1"):
        try:
            out.add("".join(data.decode(encoding).split()))
        except UnicodeDecodeError:
            continue
    return out
