"""What a site's people say at once, between two imports and two packs: a way is closed, somebody changed their mind."""

import difflib
from collections.abc import Container, Iterable

import msgspec

from kiosk.errors import PackError
from kiosk.guidance import load_pack
from kiosk.model.changes import Target
from kiosk.model.customer import Consent, ConsentState, Purpose, Subject
from kiosk.model.floor import Pathway
from kiosk.model.ids import EpochMs, HubVersion, SiteId, SubjectId
from kiosk.model.pack import Pack
from kiosk.model.pathway import PathwayState
from kiosk.model.records import Collection, Record, decode_record, encode_record
from sync.hub.errors import Refused
from sync.hub.fleet import need_site
from sync.hub.importing.merge import with_consents
from sync.hub.importing.request import Line, Remark, Time
from sync.hub.store.interface import Reading, Writing
from sync.hub.store.rows import RecordChange


class PathwayForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a way is open just now, and until when that is said; without a time until it is taken back.

    `why` is for colleagues.
    """

    open: bool
    until: Time | None = None
    why: Remark = ""


class ConsentForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's answer to one purpose, with the version of the text that they were shown."""

    purpose: Purpose
    state: ConsentState
    text_version: Line


class LivePathway(msgspec.Struct, frozen=True):
    """One way of the site's content pack, and what is said of it now; `said` is null where nothing is."""

    id: str
    mode: str
    start: str
    end: str
    step_free: bool
    said: PathwayState | None


class LivePathways(msgspec.Struct, frozen=True):
    """All ways of a site, in the pack's order, and its time zone."""

    zone: str
    pathways: tuple[LivePathway, ...]


def pathways_of(reading: Reading, site: SiteId) -> LivePathways:
    """The ways of the site's pack. Raises `Refused` where there is no site or no pack."""
    pack = _pack(reading, site)
    stored = reading.collection(site, Collection.PATHWAYS)
    records = [decode_record(Collection.PATHWAYS, each.body) for each in stored if each.body is not None]
    said = {record.id: record for record in records if isinstance(record, PathwayState)}
    return LivePathways(pack.zone, tuple(_live(each, said.get(each.id)) for each in pack.pathways))


def put_pathway(writing: Writing, site: SiteId, pathway: str, form: PathwayForm, now: EpochMs) -> PathwayState:
    """Say that a way is open or closed. Raises `Refused` for one that the site's pack does not have."""
    keys = [each.id for each in _pack(writing, site).pathways]
    if pathway not in keys:
        near = difflib.get_close_matches(pathway, keys, n=1)
        todo = f'Did you mean "{near[0]}"?' if near else f"GET /v1/sites/{site}/pathways lists them."
        raise Refused("The site's content pack has no such pathway.", todo, field="pathway", status=404)
    if form.until is not None and form.until <= now:
        raise Refused("That time has passed.", "Send a later one, or none.", field="$.until")
    state = PathwayState(pathway, site, form.open, now, form.until, form.why)
    _write(writing, site, state, now)
    return state


def drop_pathway(writing: Writing, site: SiteId, pathway: str, now: EpochMs) -> HubVersion:
    """Say nothing of a way any more: what the pack says holds again. Raises `Refused` where nothing was said."""
    need_site(writing, site)
    if _record(writing, site, Target(Collection.PATHWAYS, pathway)) is None:
        todo = f"GET /v1/sites/{site}/pathways tells what is said."
        raise Refused("Nothing is said of this pathway.", todo, field="pathway", status=404)
    writing.put_records(site, [RecordChange(Collection.PATHWAYS, pathway, None)], now)
    return writing.advance()


def put_consent(writing: Writing, site: SiteId, subject: SubjectId, form: ConsentForm, now: EpochMs) -> Subject:
    """Take down a person's answer to one purpose; what it permits no longer is dropped. Raises `Refused`."""
    answer = Consent(form.purpose, form.state, form.text_version, now)
    return _answered(writing, subject_of(writing, site, subject), (answer,), now)


def withdraw(writing: Writing, site: SiteId, subject: SubjectId, purposes: Container[Purpose], now: EpochMs) -> Subject:
    """Take back what a person granted for `purposes`, under the text that they were shown. Raises `Refused`.

    What was not granted stays as it is: no answer is made up.
    """
    person = subject_of(writing, site, subject)
    granted = (each for each in person.consents if each.state is ConsentState.GRANTED and each.purpose in purposes)
    revoked = tuple(msgspec.structs.replace(each, state=ConsentState.REVOKED, at=now) for each in granted)
    return _answered(writing, person, revoked, now)


def subject_of(reading: Reading, site: SiteId, subject: SubjectId) -> Subject:
    """A person as the site knows them. Raises `Refused`."""
    need_site(reading, site)
    found = _record(reading, site, Target(Collection.SUBJECTS, subject))
    if not isinstance(found, Subject):
        todo = f"GET /v1/sites/{site}/records/subjects lists those that are."
        raise Refused("There is no such subject at this site.", todo, field="subject", status=404)
    return found


def _answered(writing: Writing, before: Subject, answers: Iterable[Consent], now: EpochMs) -> Subject:
    after = with_consents(before, answers)
    if after != before:
        _write(writing, before.site, after, now)
    return after


def _write(writing: Writing, site: SiteId, record: PathwayState | Subject, now: EpochMs) -> None:
    collection = Collection.SUBJECTS if isinstance(record, Subject) else Collection.PATHWAYS
    writing.put_records(site, [RecordChange(collection, record.id, encode_record(record))], now)
    writing.advance()


def _record(reading: Reading, site: SiteId, target: Target) -> Record | None:
    stored = reading.records(site, [target]).get(target)
    return None if stored is None or stored.body is None else decode_record(target.collection, stored.body)


def _pack(reading: Reading, site: SiteId) -> Pack:
    known = need_site(reading, site)
    stored = None if known.pack is None else reading.pack(site, known.pack)
    if stored is None:
        todo = f"Publish one with PUT /v1/sites/{site}/pack first."
        raise Refused("The site has no content pack, so nobody knows its pathways.", todo, status=409)
    try:
        return load_pack(stored.body)
    except PackError as error:
        raise Refused(error.what, error.todo, status=409) from error


def _live(pathway: Pathway, said: PathwayState | None) -> LivePathway:
    return LivePathway(pathway.id, pathway.mode.value, pathway.start, pathway.end, pathway.step_free, said)
