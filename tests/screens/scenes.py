"""What the screens are shown in the tests: invented people, and what happens to them."""

import msgspec

from kiosk.model.ids import (
    CaseId,
    DurationMs,
    EpochMs,
    Lang,
    MessageKey,
    Metres,
    MonotonicMs,
    OrderId,
    PackVersion,
    ScanId,
)
from kiosk.model.order import OrderState, PromiseState
from kiosk.model.outcome import Outcome
from kiosk.model.step import (
    ActionKind,
    OfferShown,
    PickupLine,
    Point,
    Shape,
    Step,
    Tone,
    Turn,
    TurnKind,
    Way,
)
from kiosk.model.view import (
    AnswerView,
    AttractView,
    BoardView,
    CaseLine,
    DepartureLine,
    DeskLine,
    DeskNotice,
    DeskView,
    Freshness,
    OrderAct,
)
from tests.fakes.clock import NOON
from tests.screens.phrases import OFFERS, TURNS, WORDS

LANGS = tuple(WORDS)
FI, SV, EN, ET = LANGS
NOW_MONO = 1_000_000
MINUTE = 60_000
CURRENT = Freshness(connected=True, as_of=None)
OLD = Freshness(connected=False, as_of=EpochMs(NOON - 7 * MINUTE))
NAMES = ("Kerttu-Liisa V.", "Wilhelmina Å.")
"""People who must leave no trace."""


def _outline(*corners: tuple[float, float]) -> tuple[Point, ...]:
    return tuple(Point(x, y) for x, y in corners)


def way(lang: Lang) -> Way:
    """A way through a hall with three rooms, one of them with a corner cut out."""
    shapes = (
        Shape(_outline((4, 4), (22, 4), (22, 16), (4, 16)), "room", WORDS[lang].shop),
        Shape(_outline((30, 16), (54, 16), (54, 29), (42, 29), (42, 24), (30, 24)), "room", "Kahvila"),
        Shape(_outline((44, 3), (56, 3), (56, 9), (44, 9)), "room", "WC"),
    )
    line = _outline((12, 1.5), (26, 1.5), (26, 30.5), (56, 30.5))
    words = WORDS[lang].way
    return Way(Metres(60.0), Metres(32.0), shapes, line, Metres(120.0), DurationMs(120_000), words, turns(lang), 270.0)


def turns(lang: Lang) -> tuple[Turn, ...]:
    """Five turns, one of them by lift."""
    kinds = (TurnKind.BACK, TurnKind.RIGHT, TurnKind.LIFT, TurnKind.LEFT, TurnKind.AHEAD)
    return tuple(Turn(kind, text) for kind, text in zip(kinds, TURNS[lang], strict=True))


def offer(lang: Lang) -> OfferShown:
    """A suggestion with its reason."""
    return OfferShown("coffee", *OFFERS[lang])


def go(
    lang: Lang = EN, name: str = NAMES[0], *, pickups: bool = False, why: bool = False, offered: bool = False
) -> Step:
    """A passenger has checked in."""
    words = WORDS[lang]
    tones = (Tone.GO, Tone.WAIT)
    return Step(
        outcome=Outcome.CHECKED_IN,
        tone=Tone.GO,
        lang=lang,
        message=MessageKey("checked_in"),
        row="r1",
        pack=PackVersion("p1"),
        headline=words.headline,
        detail=words.detail.format(name=name),
        lead=words.lead,
        place=words.place,
        when=words.when,
        deadline=EpochMs(NOON + 24 * MINUTE),
        why=words.why if why else "",
        way=way(lang),
        pickups=tuple(PickupLine(*line, tone) for line, tone in zip(words.pickups, tones, strict=True))
        if pickups
        else (),
        actions=tuple(ActionKind),
        offer=offer(lang) if offered else None,
        speech=words.headline,
    )


def stop(lang: Lang = EN, tone: Tone = Tone.STOP) -> Step:
    """A ticket was used before."""
    headline, detail, lead, place = WORDS[lang].stop
    return Step(
        outcome=Outcome.ALREADY_USED,
        tone=tone,
        lang=lang,
        message=MessageKey("used"),
        row="r2",
        pack=PackVersion("p1"),
        headline=headline,
        detail=detail,
        lead=lead,
        place=place,
        actions=tuple(ActionKind),
        speech=headline,
    )


def answer(step: Step, scale: float = 1.0, scan: str = "scan-1", freshness: Freshness = CURRENT) -> AnswerView:
    """The answer that shows `step`."""
    return AnswerView(
        scan=ScanId(scan),
        step=step,
        langs=LANGS,
        text_scale=scale,
        shown_for_code_at=MonotonicMs(NOW_MONO),
        clears_at=MonotonicMs(NOW_MONO + 20_000),
        clears_in_s=20,
        freshness=freshness,
    )


def attract(lang: Lang = EN, scale: float = 1.0) -> AttractView:
    """Nobody is there."""
    titles = {FI: "Lähtöselvitys", SV: "Incheckning", EN: "Check in here", ET: "Registreerimine"}
    hints = {
        FI: "Pidä lippusi QR-koodia kameran edessä",
        SV: "Håll biljettens QR-kod framför kameran",
        EN: "Hold your ticket's QR code before the camera",
        ET: "Hoidke pileti QR-koodi kaamera ees",
    }
    return AttractView(titles[lang], hints[lang], lang, LANGS, scale, CURRENT)


def board(orders: int = 7, ready: int = 3, departures: int = 4, lang: Lang = FI) -> BoardView:
    """A board with so many of each; a kind that there is none of is still shown."""
    lines = (
        DepartureLine("17:30", "", "Tallinna", "MS Aava", "Portti 7", "Nousu laivaan", True),
        DepartureLine("18:15", "18:40", "Tukholma", "MS Ulappa", "Portti 5", "Myöhässä", False),
        DepartureLine("19:00", "", "Maarianhamina", "MS Saari", "Portti 6", "Ajallaan", False),
        DepartureLine("20:45", "", "Travemünde", "MS Kaje", "", "Peruttu", False, off=True),
    )
    return BoardView(
        title="Lähdöt ja noudot",
        clock="16:57",
        lang=lang,
        preparing=tuple(f"A{20 + index}" for index in range(orders)),
        ready=tuple(f"B{10 + index}" for index in range(ready)),
        departures=tuple(lines[index % len(lines)] for index in range(departures)),
        shows_orders=orders >= 0,
        shows_departures=departures >= 0,
        freshness=CURRENT,
        notice="Uutta tänään: laivaan noustaan keskiovesta",
    )


FAULTY = (
    (OrderState.PROBLEM, PromiseState.KEPT, -1, (OrderAct.SWAP, OrderAct.PROMISE, OrderAct.UNDO), True, False),
    (OrderState.PROBLEM, PromiseState.DUE_SOON, 4, (OrderAct.KEEP, OrderAct.SWAP, OrderAct.UNDO), True, True),
    (OrderState.PROBLEM, PromiseState.BROKEN, -12, (OrderAct.KEEP, OrderAct.SWAP), True, True),
)
_KINDS = (
    (OrderState.ACCEPTED, PromiseState.BROKEN, -3, (OrderAct.START, OrderAct.LATER), False),
    (OrderState.PREPARING, PromiseState.DUE_SOON, 2, (OrderAct.READY, OrderAct.UNDO), True),
    (OrderState.CUSTOMER_ARRIVED, PromiseState.KEPT, 6, (OrderAct.HAND_OVER, OrderAct.CALL, OrderAct.UNDO), True),
    (OrderState.ACCEPTED, PromiseState.MADE, 14, (OrderAct.START,), False),
    (OrderState.READY, PromiseState.KEPT_LATE, -9, (OrderAct.HAND_OVER, OrderAct.PART, OrderAct.UNDO), False),
)
_ARTICLES = (
    "2 × Ruisleipä, 1 × Savulohi",
    "1 × Mustikkapiirakka",
    "3 × Kahvipavut 500 g, 1 × Salmiakki, 12 × Korvapuusti",
)


def order(index: int, *, highlighted: bool = False) -> DeskLine:
    """One order in the queue, each kind in turn."""
    state, promise, minutes, acts, arrived = _KINDS[index % len(_KINDS)]
    return DeskLine(
        order=OrderId(f"{index:016x}"),
        number=f"A{11 + index}",
        customer=NAMES[index % 2],
        articles=_ARTICLES[index % 3],
        due=f"17:{index % 60:02}",
        minutes_left=minutes,
        state=state,
        promise=promise,
        arrived=arrived,
        acts=acts,
        highlighted=highlighted,
    )


def faulty(index: int) -> DeskLine:
    """Something was brought back: to be settled, with a promise of a call, and with one that was broken."""
    state, promise, minutes, acts, is_faulty, call = FAULTY[index]
    return msgspec.structs.replace(
        order(index), state=state, promise=promise, minutes_left=minutes, acts=acts, faulty=is_faulty, call=call
    )


def desk(lines: int = 5, lang: Lang = FI, notice: DeskNotice | None = None, waiting: int = 0) -> DeskView:
    """A desk with two calls for help."""
    return DeskView(
        title={FI: "Myymälätiski", SV: "Butiksdisken", EN: "Shop desk", ET: "Poelett"}[lang],
        clock="16:57",
        lang=lang,
        langs=LANGS,
        lines=tuple(order(index) for index in range(lines)),
        done=(order(99),),
        cases=(
            CaseLine(CaseId("c1"), "Lähtöselvitys", ET, 3, False),
            CaseLine(CaseId("c2"), "Portti 7", None, 1, True),
        ),
        waiting_events=waiting,
        freshness=CURRENT,
        notice=notice,
    )


def handed_over() -> DeskNotice:
    """The desk's answer to a customer's code."""
    return DeskNotice(go(FI), "", ScanId("desk-scan"), MonotonicMs(NOW_MONO))
