"""A small content pack of a site with one of everything, to be changed in one place at a time."""

from copy import deepcopy
from typing import Any

from kiosk.guidance import load_pack
from kiosk.guidance.load import canonical, version_of
from kiosk.model.customer import Subject
from kiosk.model.ids import (
    MS_PER_MINUTE,
    DepartureId,
    EpochMs,
    EventId,
    JourneyId,
    OrderId,
    PlaceId,
    SiteId,
    SubjectId,
    TicketId,
)
from kiosk.model.order import OrderLine, OrderMark, OrderState, PickupOrder
from kiosk.model.pack import Pack
from kiosk.model.ticket import Departure, Journey, JourneyState, Ticket

NOW = EpochMs(1_795_276_800_000)
"""Saturday 21 November 2026, 18:00 in Helsinki."""
SITE = SiteId("harbour")
ANNA = SubjectId("a1")

_TEXTS: dict[str, tuple[str, str]] = {
    "site.name": ("Satama", "Harbour"),
    "level.ground": ("1. kerros", "Level 1"),
    "level.ground.to": ("1. kerrokseen", "to level 1"),
    "level.upper": ("2. kerros", "Level 2"),
    "level.upper.to": ("2. kerrokseen", "to level 2"),
    "place.hall": ("Halli", "Hall"),
    "place.hall.to": ("halliin", "to the hall"),
    "place.gate": ("Portti 7", "Gate 7"),
    "place.gate.to": ("portille 7", "to Gate 7"),
    "place.shop": ("Myymälä", "Shop"),
    "place.shop.to": ("myymälään", "to the shop"),
    "shape.shop": ("Myymälä", "Shop"),
    "sign.gates": ("Portit", "Gates"),
    "sign.exit": ("Ulos", "Exit"),
    "title": ("Tervetuloa: {site}", "Welcome to {site}"),
    "hint": ("Näytä koodi", "Show a code"),
    "lead": ("Seuraavaksi:", "Next:"),
    "time": ("Lähtee {time}", "Departs {time}"),
    "named.headline": ("Hei, {name}", "Hello, {name}"),
    "named.detail": ("Kävele {to_place}, {place}", "Walk {to_place}, {place}"),
    "named.why": ("{vessel} {destination}", "{vessel} to {destination}"),
    "plain.headline": ("Kysy meiltä", "Ask us"),
    "plain.speech": ("Kysy meiltä hallissa", "Please ask us in the hall"),
    "minutes.headline|one": ("Minuutti jäljellä", "One minute left"),
    "minutes.headline|other": ("{minutes} minuuttia", "{minutes} minutes left"),
    "order.headline": ("{number} {numbers} {count}", "{number} {numbers} {count}"),
    "order.detail": ("{lines} {to_order_place} {order_place}", "{lines} {to_order_place} {order_place}"),
    "gone.headline": ("{gate} {to_gate} {date}!", "{gate} {to_gate} {date}!"),
    "resort.headline": ("Tule: {place}", "Come: {place}"),
    "word.ready": ("Valmis", "Ready"),
    "word.soon": ("Tulossa", "Coming"),
    "pickup.at": ("{order_place}", "{order_place}"),
    "pickup.by": ("klo {time}", "by {time}"),
    "way.walk": ("{metres} m, {minutes} min", "{metres} m, {minutes} min"),
    "way.stairs": ("Portaat {to_level}", "Stairs {to_level}"),
    "way.lift": ("Hissi {to_level}", "Lift {to_level}"),
    "way.spoken": ("{metres} metriä", "{metres} metres"),
    "way.none.headline": ("Autamme", "We help you"),
    "way.none": ("Ei tietä {to_place}", "No way {to_place}"),
    "way.none.step_free": ("Ei esteetöntä tietä {to_place}", "No step-free way {to_place}"),
    "turn.lift": ("Hissillä {to_level}.", "By lift {to_level}."),
    "turn.stairs": ("Portaita {to_level}.", "By stairs {to_level}."),
    **{
        f"turn.{kind}{end}": (f"{fi}{more[0]}", f"{en}{more[1]}")
        for kind, fi, en in (
            ("start", "Kulje", "Go"),
            ("ahead", "Suoraan", "Ahead"),
            ("left", "Vasemmalle", "Left"),
            ("right", "Oikealle", "Right"),
            ("back", "Ympäri", "Round"),
        )
        for end, more in (
            ("", (" {metres} metriä.", " {metres} metres.")),
            (".signs", (" {metres} metriä, opasteet {signs}.", " {metres} metres, signs {signs}.")),
            (".goal", (": {place} {metres} metriä.", ": {place} {metres} metres.")),
        )
    },
}

_TOUCHPOINTS: list[dict[str, Any]] = [
    {
        "id": "kiosk-1",
        "kind": "kiosk",
        "place": "hall",
        "title": "title",
        "hint": "hint",
        "operation": "check_in",
        "actions": ["call_help", "read_aloud"],
    },
    {"id": "desk-1", "kind": "desk", "place": "counter", "title": "title", "hint": "hint", "operation": "hand_over"},
    {"id": "board-1", "kind": "board", "place": "hall", "title": "title", "hint": "hint", "shows": ["orders"]},
]

_ROWS: list[dict[str, Any]] = [
    {
        "id": "named",
        "outcomes": ["checked_in"],
        "tone": "go",
        "message": "named",
        "lead": "lead",
        "place": "@gate",
        "moment": "departs",
        "time": "time",
        "countdown": True,
        "pickups": "all",
    },
    {
        "id": "soon",
        "outcomes": ["checked_in"],
        "when": {"if": [{"===": [{"var": "departure.days"}, "unknown"]}, False, {"<": [{"var": "departure.days"}, 1]}]},
        "tone": "info",
        "message": "minutes",
        "moment": "departs",
    },
    {"id": "order", "at": ["desk"], "outcomes": ["handed_over"], "tone": "go", "message": "order", "place": "@order"},
    {"id": "gone", "outcomes": ["too_late"], "tone": "stop", "message": "gone", "moment": "departs", "place": "@here"},
    {
        "id": "others",
        "outcomes": ["informed"],
        "tone": "info",
        "message": "plain",
        "pickups": "others",
        "place": "hall",
    },
]

_BODY: dict[str, Any] = {
    "format": 1,
    "id": "harbour",
    "site": SITE,
    "name": "site.name",
    "zone": "Europe/Helsinki",
    "languages": ["fi", "en"],
    "settings": {},
    "touchpoints": _TOUCHPOINTS,
    "levels": [
        {
            "id": "ground",
            "name": "level.ground",
            "left": 0,
            "bottom": 0,
            "width_m": 40,
            "height_m": 20,
            "shapes": [{"outline": [[22, 12], [38, 12], [38, 18], [22, 18]], "label": "shape.shop"}, {"outline": []}],
        },
        {"id": "upper", "name": "level.upper", "left": 40, "bottom": 5, "width_m": 30, "height_m": 10},
    ],
    "places": [
        {"id": "hall", "name": "place.hall", "level": "ground", "x": 5, "y": 5},
        {"id": "shop", "name": "place.shop", "level": "ground", "x": 30, "y": 11, "zone": "shop"},
        {"id": "counter", "level": "ground", "x": 31, "y": 11, "zone": "shop"},
        {"id": "core", "level": "ground", "x": 38, "y": 10},
        {"id": "upstairs", "level": "upper", "x": 42, "y": 10},
        {"id": "gate", "name": "place.gate", "level": "upper", "x": 68, "y": 10},
    ],
    "pathways": [
        {"id": "hall-shop", "start": "hall", "end": "shop", "mode": "walkway", "length_m": 26},
        {"id": "counter-shop", "start": "counter", "end": "shop", "mode": "walkway", "length_m": 1},
        {"id": "shop-core", "start": "shop", "end": "core", "mode": "walkway", "length_m": 9, "signs": "sign.gates"},
        {"id": "stairs", "start": "core", "end": "upstairs", "mode": "stairs", "length_m": 6, "step_free": False},
        {"id": "lift", "start": "core", "end": "upstairs", "mode": "lift", "length_m": 4, "traversal_s": 60},
        {
            "id": "pier",
            "start": "gate",
            "end": "upstairs",
            "mode": "walkway",
            "length_m": 26,
            "signs": "sign.exit",
            "signs_back": "sign.gates",
        },
    ],
    "rows": _ROWS,
    "pickup_rows": [
        {"id": "ready", "states": ["ready"], "tone": "go", "word": "word.ready", "detail": "pickup.at"},
        {"id": "soon", "states": ["preparing", "ready"], "tone": "wait", "word": "word.soon", "detail": "pickup.by"},
    ],
    "last_resort": {"message": "resort", "place": "hall", "lead": "lead"},
    "messages": {lang: {key: texts[index] for key, texts in _TEXTS.items()} for index, lang in enumerate(("fi", "en"))},
}


def small_body() -> dict[str, Any]:
    """The pack's content without its version, one's own to change."""
    return deepcopy(_BODY)


def pack_bytes(body: dict[str, Any]) -> bytes:
    """`body` as the compiled pack that a device reads, with the version that belongs to it."""
    return canonical({**body, "version": version_of(body)})


def small_pack(body: dict[str, Any] | None = None) -> Pack:
    """The small pack, or another `body`, as it is loaded."""
    return load_pack(pack_bytes(small_body() if body is None else body))


def minutes(count: int) -> int:
    """Minutes in milliseconds."""
    return count * MS_PER_MINUTE


def a_departure(in_minutes: int = 60, gate: str = "gate") -> Departure:
    """A sailing; its gate closes ten minutes before it leaves, its check-in thirty."""
    departs = NOW + minutes(in_minutes)
    return Departure(
        id=DepartureId("d1"),
        site=SITE,
        vessel="MS Aallotar",
        destination="Tallinn",
        departs_at=EpochMs(departs),
        check_in_until=EpochMs(departs - minutes(30)),
        gate_closes_at=EpochMs(departs - minutes(10)),
        gate=PlaceId(gate),
    )


def a_ticket(*, step_free: bool = False) -> Ticket:
    """A valid ticket for it."""
    return Ticket(
        id=TicketId("t1"),
        subject=ANNA,
        site=SITE,
        product="foot passenger",
        valid_from=EpochMs(NOW - minutes(600)),
        valid_until=EpochMs(NOW + minutes(600)),
        journey=JourneyId("j1"),
        departure=DepartureId("d1"),
        step_free=step_free,
    )


def a_journey(state: JourneyState = JourneyState.CHECKED_IN) -> Journey:
    """The journey of that ticket."""
    return Journey(JourneyId("j1"), ANNA, SITE, "ferry", state, TicketId("t1"), DepartureId("d1"))


def a_subject(*, step_free: bool = False) -> Subject:
    """Its owner."""
    return Subject(ANNA, SITE, step_free=step_free)


def an_order(
    number: str, state: OrderState, due_in: int = 20, place: str = "shop", moved: int | None = None
) -> PickupOrder:
    """An order of hers, promised in `due_in` minutes; `moved` is when it last changed, in minutes from now."""
    history = () if moved is None else (OrderMark(EventId("e"), EpochMs(NOW + minutes(moved)), OrderState.READY),)
    return PickupOrder(
        id=OrderId(f"o-{number}"),
        number=number,
        subject=ANNA,
        site=SITE,
        due_at=EpochMs(NOW + minutes(due_in)),
        place=PlaceId(place),
        state=state,
        lines=(OrderLine("Coffee", 2), OrderLine("Jam", 1)),
        history=history,
    )
