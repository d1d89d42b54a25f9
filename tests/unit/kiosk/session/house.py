"""One touchpoint without a window: its session over a real store, filled as the agent would fill it."""

import base64
import json
from collections import deque
from functools import cache
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deploy.release.pack import build_pack
from kiosk.config import Config, DeviceConfig, Role, ScreenConfig, TrustConfig
from kiosk.guidance.load import canonical, version_of
from kiosk.i18n import Texts
from kiosk.model import opascode
from kiosk.model.code import Code, Symbology
from kiosk.model.command import Command
from kiosk.model.customer import IssuerKey, Subject
from kiosk.model.event import EventBody, PackActivated
from kiosk.model.ids import (
    DepartureId,
    DeviceId,
    EpochMs,
    HubVersion,
    JourneyId,
    Lang,
    MonotonicMs,
    OrderId,
    PackVersion,
    PlaceId,
    Seq,
    SiteId,
    SubjectId,
    TicketId,
)
from kiosk.model.order import OrderLine, PickupOrder
from kiosk.model.records import COLLECTION_OF, Record, encode_record
from kiosk.model.sitekey import names_key
from kiosk.model.ticket import Departure, Journey, JourneyState, Ticket
from kiosk.model.view import AnswerView, View
from kiosk.session.loop import Session
from kiosk.session.parts import Input, Parts, Presented, Shown, Tapped
from kiosk.store import StoredPack, open_store
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.inbox import InboxRow
from sync.wire.codec import decode_event
from tests.fakes.clock import FakeClock

SITE_KEY = bytes(range(32))
NOW = EpochMs(1_795_269_600_000)
"""Saturday 21 November 2026, 16:00 in Helsinki."""
MINUTE = 60_000
HOUR = 60 * MINUTE
ISSUER = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
ROLES = {
    "terminal-kiosk-1": Role.KIOSK,
    "terminal-gate-1": Role.GATE,
    "terminal-board-1": Role.BOARD,
    "terminal-desk-1": Role.DESK,
    "shop-kiosk-1": Role.KIOSK,
    "shop-board-1": Role.BOARD,
    "shop-desk-1": Role.DESK,
}


@cache
def demo_pack(site: str) -> bytes:
    return build_pack(Path("assets/packs") / site)


def slower_pack(site: str, clear_after_s: int) -> bytes:
    """The demo's pack with another time until the screen clears, built as its author would build it."""
    body = json.loads(demo_pack(site))
    body["settings"]["clear_after_s"] = clear_after_s
    del body["version"]
    return canonical({**body, "version": version_of(body)})


class SilentVoice:
    """Says nothing and remembers what it was to say."""

    def __init__(self) -> None:
        self.saying: tuple[str, Lang] | None = None

    def say(self, text: str, lang: Lang) -> None:
        self.saying = (text, lang)

    def stop(self) -> None:
        self.saying = None

    @property
    def speaking(self) -> bool:
        return self.saying is not None


class House:
    """A touchpoint of one of the demo's sites."""

    def __init__(self, folder: Path, device: str, *, pack: bool = True, trust: TrustConfig | None = None) -> None:
        self.clock = FakeClock(wall_ms=NOW)
        self.voice = SilentVoice()
        self.views: list[View] = []
        self.site = SiteId(device.partition("-")[0])
        config = Config(
            DeviceConfig(DeviceId(device), self.site, ROLES[device], str(folder), base64.b64encode(SITE_KEY).decode()),
            ScreenConfig(language=Lang("en")),
            trust=trust or TrustConfig(),
        )
        self.device, self.store_path = DeviceId(device), config.database
        self.store = open_store(
            config.database, device=DeviceId(device), site=self.site, site_key=SITE_KEY, clock=self.clock
        )
        self.agent = AgentStore(Place(config.database, DeviceId(device), self.site, self.clock, 512))
        if pack:
            self.bring_pack(demo_pack(self.site))
        self.inputs: deque[Input] = deque()
        parts = Parts(config, self.store, self.clock, Texts({}), self.voice, self.views.append)
        self.session = Session(parts, self.inputs)
        self.session.begin()

    def bring_pack(self, body: bytes, version: str = "v1") -> None:
        self.agent.inbox.stage_pack(StoredPack(PackVersion(version), "0" * 64, body))

    def bring(self, *records: Record, version: int = 1) -> None:
        key = IssuerKey("1", ISSUER.public_key().public_bytes_raw(), EpochMs(0))
        rows = [
            InboxRow(COLLECTION_OF[type(record)], record.id, HubVersion(version), encode_record(record))
            for record in (*records, key)
        ]
        cursor = self.agent.inbox.cursor()
        assert self.agent.inbox.apply_delta(cursor, HubVersion(cursor + 1), rows)
        self.agent.link.current(self.clock.now())
        self.session.turn()

    def give(self, *items: Input) -> View:
        self.inputs.extend(items)
        self.session.turn()
        return self.views[-1]

    def show(self, payload: bytes) -> AnswerView:
        at = self.clock.mono_ms
        code = Code(payload, Symbology.QR, "zxing", MonotonicMs(at - 20), MonotonicMs(at))
        view = self.give(Presented(code))
        assert isinstance(view, AnswerView)
        return view

    def tap(self, command: Command) -> View:
        return self.give(Tapped(command))

    def reach_glass(self, view: AnswerView, after_ms: int = 12) -> None:
        self.clock.advance(after_ms)
        self.give(Shown(view.scan, MonotonicMs(self.clock.mono_ms)))

    def events(self) -> list[EventBody]:
        batch = self.agent.outbox.after(Seq(0), 500)
        return [decode_event(row.body).body for row in batch]

    def kinds(self) -> list[type[EventBody]]:
        """Which events there are, but for those of the content pack."""
        return [type(body) for body in self.events() if not isinstance(body, PackActivated)]

    def close(self) -> None:
        self.agent.close()
        self.store.close()


def code_for(
    record: Ticket | PickupOrder | Subject, *, site: str = "terminal", signer: Ed25519PrivateKey = ISSUER
) -> bytes:
    kind, tag, since, until = opascode.CodeKind.LOYALTY, 0, EpochMs(0), None
    if isinstance(record, Ticket):
        kind, since, until = opascode.CodeKind.TICKET, record.valid_from, record.valid_until
    if isinstance(record, PickupOrder):
        kind = opascode.CodeKind.ORDER
    if not isinstance(record, Subject):
        tag = opascode.site_tag(SiteId(site))
    code = opascode.OpasCode(kind, 1, record.id, since, until, tag)
    return opascode.pack(code, signer.sign(opascode.signed_part(code)))


def anna(site: str = "terminal", lang: str | None = None) -> Subject:
    key = SubjectId("00000000000000aa")
    nonce = b"\1" * 12
    sealed = nonce + AESGCM(names_key(SITE_KEY)).encrypt(nonce, b"Anna K.", key.encode())
    return Subject(key, SiteId(site), sealed, None if lang is None else Lang(lang))


def sailing(minutes: int = 60, now: int = NOW) -> Departure:
    departs = now + minutes * MINUTE
    return Departure(
        id=DepartureId(f"d{minutes}"),
        site=SiteId("terminal"),
        vessel="Aallotar",
        destination="Mariehamn",
        departs_at=EpochMs(departs),
        check_in_until=EpochMs(departs - 20 * MINUTE),
        gate_closes_at=EpochMs(departs - 10 * MINUTE),
        gate=PlaceId("gate-7"),
    )


def ticket_for(subject: Subject, departure: Departure) -> tuple[Ticket, Journey]:
    ticket = Ticket(
        id=TicketId("00000000000000b1"),
        subject=subject.id,
        site=subject.site,
        product="adult",
        valid_from=EpochMs(departure.departs_at - 4 * HOUR),
        valid_until=EpochMs(departure.departs_at + HOUR),
        journey=JourneyId("j1"),
        departure=departure.id,
    )
    return ticket, Journey(
        id=JourneyId("j1"),
        subject=subject.id,
        site=subject.site,
        template="sailing",
        ticket=ticket.id,
        departure=departure.id,
    )


def order_for(subject: Subject, place: str, minutes: int = 30, number: str = "A17") -> PickupOrder:
    return PickupOrder(
        id=OrderId("00000000000000c1"),
        number=number,
        subject=subject.id,
        site=subject.site,
        due_at=EpochMs(NOW + minutes * MINUTE),
        place=PlaceId(place),
        lines=(OrderLine("Coffee", 2),),
    )


def boarding(house: House, state: JourneyState = JourneyState.BOOKED, minutes: int = 60) -> Ticket:
    subject, departure = anna(), sailing(minutes)
    ticket, journey = ticket_for(subject, departure)
    house.bring(subject, departure, ticket, msgspec.structs.replace(journey, state=state))
    return ticket
