"""Strategies for what goes over the wire."""

import msgspec
from hypothesis import strategies as st

from kiosk.model.case import CaseKind
from kiosk.model.code import Symbology
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import (
    AnswerShown,
    CheckedIn,
    CodeScanned,
    CustomerCalled,
    Event,
    EventsDropped,
    FaultReported,
    Health,
    HealthChanged,
    HelpCalled,
    OfferDeclined,
    OrderPostponed,
    OrderUndone,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    TicketRedeemed,
)
from kiosk.model.outcome import Outcome
from kiosk.model.records import Collection
from kiosk.model.ticket import Decision
from sync.wire.messages import Ack, Hello, Notice, Row, Status

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
whole = st.integers(0, 2**53)
refs = st.builds(Ref, st.sampled_from(RefKind), texts)
bodies = st.one_of(
    st.builds(
        CodeScanned,
        texts,
        st.sampled_from(Outcome),
        st.sampled_from(Symbology),
        texts,
        whole,
        st.none() | st.builds(Ref, st.sampled_from(RefKind), texts),
    ),
    st.builds(AnswerShown, texts, texts, texts, texts, whole),
    st.builds(CheckedIn, texts, texts, st.none() | texts),
    st.builds(TicketRedeemed, texts, st.sampled_from(Decision), st.none() | texts),
    st.builds(OrderUndone, texts, texts),
    st.builds(OfferDeclined, texts, texts),
    st.builds(HelpCalled, texts, st.sampled_from(CaseKind), texts, texts, st.none() | refs),
    st.builds(OrderPostponed, texts, whole),
    st.builds(PromiseMade, texts, whole),
    st.builds(PromiseKept, texts, st.none() | texts),
    st.one_of([st.builds(kind, texts) for kind in (PromiseBroken, FaultReported, CustomerCalled)]),
    st.builds(HealthChanged, st.sampled_from(Health), texts),
    st.builds(EventsDropped, whole, st.dictionaries(texts, whole, max_size=3)),
)
events = st.builds(Event, texts, whole, whole, whole, texts, texts, bodies)
messages = st.one_of(
    st.builds(Ack, texts, whole, whole),
    st.builds(Hello, st.just(1), texts, whole, texts, whole),
    st.builds(Notice, whole, st.none() | texts, whole),
    st.builds(
        Status,
        st.sampled_from(Health),
        site=st.none() | texts,
        role=texts,
        release=texts,
        epoch=st.none() | texts,
        pack=st.none() | texts,
        version=whole,
        waiting=whole,
        problem=texts,
        at=st.none() | whole,
        route=texts,
    ),
)
rows = st.builds(
    Row,
    st.sampled_from(Collection),
    texts,
    whole,
    st.sampled_from([msgspec.Raw(b"null"), msgspec.Raw(b'{"id":"x"}'), msgspec.Raw('"ä"'.encode())]),
)
