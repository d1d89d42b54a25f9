"""What of a pack is in force at a moment: every screen that tells the time alike switches at the same instant."""

from collections.abc import Iterator

from msgspec.structs import replace

from kiosk.model.floor import Pathway
from kiosk.model.ids import EpochMs, Lang
from kiosk.model.pack import Pack
from kiosk.model.pathway import Opened


def lies_in(now: EpochMs, begin: EpochMs | None, end: EpochMs | None) -> bool:
    """Whether `now` lies in [`begin`, `end`); None is open."""
    return (begin is None or begin <= now) and (end is None or now < end)


def edges(pack: Pack) -> tuple[EpochMs, ...]:
    """The moments at which a text or a pathway changes, in order."""
    return tuple(sorted({edge for edge in _edges(pack) if edge is not None}))


def all_edges(pack: Pack) -> tuple[EpochMs, ...]:
    """The same with those of the rows: whenever anything that a screen says may change."""
    rows = (edge for row in pack.rows for edge in (row.valid_from, row.valid_until))
    return tuple(sorted({*edges(pack), *(edge for edge in rows if edge is not None)}))


def pack_at(pack: Pack, now: EpochMs) -> Pack:
    """The pack with the texts and the open pathways of that moment."""
    messages: dict[Lang, dict[str, str]] = {lang: dict(texts) for lang, texts in pack.messages.items()}
    for change in pack.changes:
        if lies_in(now, change.valid_from, change.valid_until):
            for lang, text in change.texts.items():
                messages[lang][change.key] = text
    pathways = tuple(replace(pathway, open=pathway.open and not _closed(pathway, now)) for pathway in pack.pathways)
    return replace(pack, messages=messages, pathways=pathways, changes=())


def pack_with(pack: Pack, opened: Opened) -> Pack:
    """The pack of one moment with the ways that the site's people opened or closed."""
    said = dict(opened)
    return replace(pack, pathways=tuple(replace(each, open=said.get(each.id, each.open)) for each in pack.pathways))


def _closed(pathway: Pathway, now: EpochMs) -> bool:
    timed = pathway.closed_from is not None or pathway.closed_until is not None
    return timed and lies_in(now, pathway.closed_from, pathway.closed_until)


def _edges(pack: Pack) -> Iterator[EpochMs | None]:
    for change in pack.changes:
        yield from (change.valid_from, change.valid_until)
    for pathway in pack.pathways:
        yield from (pathway.closed_from, pathway.closed_until)
