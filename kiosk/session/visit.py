"""A visit at a kiosk or a gate: attract, answer, and back, with nothing of one person left for the next."""

import logging
import secrets

from kiosk.config import Role
from kiosk.model.case import CaseKind
from kiosk.model.code import Code
from kiosk.model.command import (
    CallHelp,
    ChooseLanguage,
    Command,
    DeclineOffer,
    EndVisit,
    EnlargeText,
    ReadAloud,
)
from kiosk.model.event import HelpCalled
from kiosk.model.hint import Hint
from kiosk.model.ids import CaseId, Lang, MonotonicMs, PlaceId
from kiosk.model.view import AnswerView, AttractView, Trouble, View
from kiosk.session.answering import Answer, Answerer
from kiosk.session.content import Content
from kiosk.session.freshness import freshness_shown
from kiosk.session.parts import Advised, Input, Parts, Presented, Shown, Tapped, TroubleIs, TwoCodes, Unreadable
from kiosk.session.words import ONE_AT_A_TIME

log = logging.getLogger(__name__)
TEXT_SCALES = (1.0, 1.3, 1.6)
_VOICE_CHECK_MS = 500
_TWO_CODES_MS = 4_000
_ATTRACT_KEEPS_MS = 30_000
"""How long a language or text size chosen before any scan is kept."""


class Visit:
    """The session of a kiosk or a gate."""

    def __init__(self, parts: Parts, content: Content) -> None:
        self._parts = parts
        self._content = content
        self._answerer = Answerer(parts)
        self._answer: Answer | None = None
        self._clears_at: MonotonicMs | None = None
        self._help_called = False
        self._speaking = False
        self._source_trouble: Trouble | None = None
        self._chosen: Lang | None = None
        self._scale = TEXT_SCALES[0]
        self._two_codes_until = MonotonicMs(0)
        self._advice: Hint | None = None
        self._stamp = 0

    def handle(self, item: Input) -> None:
        """Take one input."""
        match item:
            case Presented(code=code):
                self._present(code)
            case Unreadable() | TwoCodes() | Advised() | TroubleIs():
                self._note(item)
            case Tapped(command=command):
                self._obey(command)
            case Shown(scan=scan, at=at):
                if self._answer is not None and self._answer.scan == scan and self._answer.code is not None:
                    self._answerer.shown(self._answer, at, self._content.version)
            case _:
                pass

    def view(self) -> View:
        """Attract, or the answer while it stands."""
        if self._clears_at is not None and self._mono() >= self._clears_at:
            self._end()
        self._follow_changes()
        self._speaking = self._speaking and self._parts.voice.speaking
        return self._attract() if self._answer is None else self._answered(self._answer)

    def wake_at(self) -> MonotonicMs | None:
        """When the screen clears; while something is read aloud, soon, to see whether it still is."""
        now = self._parts.clock.now()
        if self._speaking:
            return MonotonicMs(now.mono_ms + _VOICE_CHECK_MS)
        if self._answer is not None:
            return self._clears_at
        hinted = self._two_codes_until if now.mono_ms < self._two_codes_until else None
        moments = (self._clears_at, hinted, self._content.changes_at(now))
        return min((at for at in moments if at is not None), default=None)

    def idle(self) -> bool:
        """Whether nobody stands here."""
        return self._answer is None

    def _note(self, item: Unreadable | TwoCodes | Advised | TroubleIs) -> None:
        match item:
            case Unreadable():
                self._say_unreadable()
            case TwoCodes():
                self._two_codes_until = MonotonicMs(self._mono() + _TWO_CODES_MS)
            case Advised(hint=hint):
                self._advice = hint
            case TroubleIs(trouble=trouble):
                self._source_trouble = trouble

    def _present(self, code: Code) -> None:
        if self._content.guide is None:
            log.warning("a code can't be answered: there is no content yet")
            return
        if not self._shows(code):
            # Somebody else's turn: the language and text size of the one before go with their answer.
            self._end()
        self._begin(self._answerer.answer(code, self._content, self._lang(), follow=self._chosen is None))

    def _shows(self, code: Code) -> bool:
        """Whether the screen is free, answers this very code, or says that a code can't be read."""
        shown = None if self._answer is None else self._answer.code
        return shown is None or shown.payload == code.payload

    def _say_unreadable(self) -> None:
        guide = self._content.guide
        if guide is not None and self._answer is None:
            self._begin(self._answerer.unreadable(guide, self._lang()))

    def _begin(self, answer: Answer) -> None:
        self._parts.voice.stop()
        self._answer, self._help_called, self._speaking = answer, False, False
        self._keep()

    def _end(self) -> None:
        self._parts.voice.stop()
        self._answer = self._clears_at = self._chosen = None
        self._help_called = self._speaking = False
        self._scale = TEXT_SCALES[0]

    def _keep(self) -> None:
        self._clears_at = MonotonicMs(self._mono() + self._clear_after_s() * 1000)

    def _obey(self, command: Command) -> None:
        if isinstance(command, EndVisit):
            self._end()
            return
        self._do(command)
        # Whatever was touched, somebody is here.
        if self._answer is None:
            self._clears_at = MonotonicMs(self._mono() + _ATTRACT_KEEPS_MS)
        else:
            self._keep()

    def _do(self, command: Command) -> None:
        match command:
            case ChooseLanguage(lang=lang):
                self._choose(lang)
            case EnlargeText():
                self._scale = TEXT_SCALES[(TEXT_SCALES.index(self._scale) + 1) % len(TEXT_SCALES)]
            case CallHelp():
                self._call_help()
            case ReadAloud():
                self._read_aloud()
            case DeclineOffer():
                self._decline()
            case _:
                pass

    def _follow_changes(self) -> None:
        """A lift that closes, or a consent that is taken back, counts at once, also for who stands here."""
        stamp = self._parts.store.change_stamp()
        answer, guide = self._answer, self._content.guide
        if stamp == self._stamp or answer is None or guide is None:
            return
        self._stamp = stamp
        self._renew(self._answerer.up_to_date(answer, guide))

    def _decline(self) -> None:
        answer, guide = self._answer, self._content.guide
        if answer is not None and guide is not None and answer.step.offer is not None:
            self._renew(self._answerer.decline(answer, guide, self._content.version))

    def _renew(self, answer: Answer) -> None:
        """Go on with another answer to the same scan; nobody is read what holds no more."""
        if self._answer is not None and answer.step != self._answer.step:
            self._parts.voice.stop()
            self._speaking = False
        self._answer = answer

    def _choose(self, lang: Lang) -> None:
        if lang not in self._parts.config.screen.languages:
            return
        self._chosen = lang
        if self._answer is not None and self._content.guide is not None:
            self._parts.voice.stop()
            self._speaking = False
            self._answer = self._answerer.again(self._answer, self._content.guide, lang)

    def _call_help(self) -> None:
        guide = self._content.guide
        if self._help_called or guide is None:
            return
        body = HelpCalled(
            CaseId(secrets.token_hex(8)), CaseKind.QUESTION, PlaceId(guide.touchpoint.place), self._lang()
        )
        self._parts.store.record((body,), self._content.version)
        self._help_called = True

    def _read_aloud(self) -> None:
        if self._answer is None:
            return
        self._speaking = not self._speaking
        if self._speaking:
            self._parts.voice.say(self._answer.step.speech, self._answer.step.lang)
        else:
            self._parts.voice.stop()

    def _attract(self) -> AttractView:
        config, lang, guide = self._parts.config, self._lang(), self._content.guide
        now = self._parts.clock.now()
        title, hint = ("", "") if guide is None else guide.attract(lang, now.wall_ms)
        two_codes = now.mono_ms < self._two_codes_until
        if two_codes:
            hint = self._parts.texts.get(lang, ONE_AT_A_TIME)
        return AttractView(
            title=title,
            hint=hint,
            lang=lang,
            langs=config.screen.languages,
            text_scale=self._scale,
            freshness=freshness_shown(self._parts),
            trouble=self._content.trouble or self._source_trouble,
            help_called=self._help_called,
            advice=None if two_codes else self._advice,
        )

    def _answered(self, answer: Answer) -> AnswerView:
        return AnswerView(
            scan=answer.scan,
            step=answer.step,
            langs=self._parts.config.screen.languages,
            text_scale=self._scale,
            shown_for_code_at=answer.decoded_at,
            clears_at=self._clears_at or MonotonicMs(0),
            clears_in_s=self._clear_after_s(),
            freshness=freshness_shown(self._parts),
            help_called=self._help_called,
            speaking=self._speaking,
        )

    def _clear_after_s(self) -> int:
        guide = self._content.guide
        seconds = 20 if guide is None else guide.settings.clear_after_s
        # A gate serves a queue: the next one must not wait for the last one's screen.
        return min(seconds, 6) if self._parts.config.device.role is Role.GATE else seconds

    def _lang(self) -> Lang:
        if self._chosen is not None:
            return self._chosen
        return self._parts.config.screen.language if self._answer is None else self._answer.lang

    def _mono(self) -> MonotonicMs:
        return self._parts.clock.now().mono_ms
