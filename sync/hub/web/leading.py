"""What the screens of a site tell people because a way is closed, or open again: found as they find it. Pure."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from kiosk.guidance.floor import Floor
from kiosk.guidance.routing import Route
from kiosk.guidance.words import Words
from kiosk.model.ids import Lang, PlaceId
from kiosk.model.pack import ANSWERING, Pack, Touchpoint
from sync.hub.web import words
from sync.hub.web.words import LeadingWords

_SECONDS_PER_MINUTE = 60


class ScreensView(msgspec.Struct, frozen=True):
    """Screens that tell the same: what they are called, and what they tell, a sentence each."""

    screens: tuple[str, ...]
    told: tuple[str, ...]


class _Change(msgspec.Struct, frozen=True):
    """How the way to one place was and is, from one screen."""

    goal: PlaceId
    before: Route | None
    after: Route | None

    @property
    def legs(self) -> tuple[list[str], ...]:
        """The pathways of both, by id."""
        return tuple([leg.pathway.id for leg in route.legs] if route else [] for route in (self.before, self.after))


def led(before: Pack, after: Pack, lang: Lang) -> tuple[ScreensView, ...]:
    """What is told otherwise with the open ways of `after` than with those of `before`, by the screens that lead people."""
    spoken = Words(after.messages, after.zone)
    compared = _Compared(Floor(before, spoken), Floor(after, spoken), after, lang)
    alike: dict[tuple[str, ...], list[str]] = {}
    for touchpoint in after.touchpoints:
        told = compared.told(touchpoint) if touchpoint.kind in ANSWERING else ()
        if told:
            alike.setdefault(told, []).append(f"{words.ROLE[touchpoint.kind]} {touchpoint.id}")
    return tuple(ScreensView(tuple(screens), told) for told, screens in alike.items())


class _Compared:
    """Two floors of one site."""

    def __init__(self, before: Floor, after: Floor, pack: Pack, lang: Lang) -> None:
        self._before = before
        self._after = after
        self._goals = [place.id for place in pack.places if place.name]
        self._help = pack.last_resort.place
        self._lang = lang

    def told(self, touchpoint: Touchpoint) -> tuple[str, ...]:
        """What its screen tells otherwise: to everybody, then what only those hear who need a way without steps."""
        walking = self._changes(touchpoint.place, step_free=False)
        known = {(each.goal, each.after is None) for each in walking}
        rolling = self._changes(touchpoint.place, step_free=True)
        only = [each for each in rolling if (each.goal, each.after is None) not in known]
        return (
            *self._sentences(walking, words.LEADING, self._sent(touchpoint.place, step_free=False)),
            *self._sentences(only, words.LEADING_STEP_FREE, self._sent(touchpoint.place, step_free=True)),
        )

    def _changes(self, here: PlaceId, *, step_free: bool) -> list[_Change]:
        changes = (
            _Change(
                goal,
                self._before.route(here, goal, step_free=step_free),
                self._after.route(here, goal, step_free=step_free),
            )
            for goal in self._goals
        )
        return [each for each in changes if each.legs[0] != each.legs[1]]

    def _sent(self, here: PlaceId, *, step_free: bool) -> str:
        """Where people are sent to whom no way is open."""
        if self._after.route(here, self._help, step_free=step_free) is None:
            return words.SENT_NOWHERE
        return words.SENT.format(place=self._after.name(self._help, self._lang))

    def _sentences(self, changes: Sequence[_Change], say: LeadingWords, sent: str) -> Iterator[str]:
        kinds: tuple[tuple[str, Callable[[_Change], bool]], ...] = (
            (say.lost, lambda each: each.after is None),
            (say.found, lambda each: each.before is None),
            (say.other, lambda each: each.before is not None and each.after is not None),
        )
        for text, is_so in kinds:
            places = ", ".join(self._named(each) for each in changes if is_so(each))
            if places:
                yield text.format(places=places, sent=sent)

    def _named(self, change: _Change) -> str:
        name = self._after.name(change.goal, self._lang)
        if change.before is None or change.after is None:
            return name
        minutes = round((change.after.seconds - change.before.seconds) / _SECONDS_PER_MINUTE)
        if not minutes:
            return name
        text = words.LONGER if minutes > 0 else words.SHORTER
        return text.format(place=name, minutes=abs(minutes))
