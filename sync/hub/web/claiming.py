"""The console's page for letting devices in: who waits, and a form for the code on a device's screen.

The page itself asks nobody who they are, as the rest of the console; the form sends the admin token that is typed into
it, and the browser keeps it nowhere.
"""

import msgspec
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from kiosk.model.clock import Clock
from kiosk.model.pack import TouchpointKind
from sync.hub.store.identity_rows import Enrolment
from sync.hub.store.interface import HubStore
from sync.hub.web import words
from sync.hub.web.page import templates

_KEY_SHOWN = 16
_MINUTE_MS = 60_000


class ClaimWords(msgspec.Struct, frozen=True):
    """What the page says."""

    lang: str = "en"
    title: str = "Let a device in"
    back: str = "Back to the console"
    how: str = "A device that belongs to no fleet shows a code. Read it there: that you stand before it is what the code proves."
    code: str = "Code on its screen"
    code_help: str = "Eight letters and digits, as in K7QF-3M9X; or scan its QR code."
    device: str = "Name of the device"
    device_help: str = "Lower-case letters, digits, hyphens."
    site: str = "Site"
    role: str = "Role"
    name: str = "What people call it"
    replace: str = "Turn out the device that has this name now"
    token: str = "Admin token"  # noqa: S105 - a label
    token_help: str = "From hub.toml. It is sent with this claim and kept nowhere."  # noqa: S105 - the same
    submit: str = "Let it in"
    waiting: str = "Waiting"
    nobody: str = "No device waits."
    nobody_todo: str = "Start a device whose device.toml has [hub] url and ca_sha256 and no device.id."
    key: str = "Key"
    since: str = "waiting for"
    minutes: str = "min"
    comes_back: str = "comes back as"
    contested: str = "Another device came with its code. Both make a new one; find out who else asks."
    no_sites: str = "There is no site yet. Make one first: PUT /v1/sites/<site> with the admin token."
    no_script: str = "This form needs JavaScript. Use “opas fleet claim” instead."
    done: str = "is in. It goes on by itself within seconds."
    unreachable: str = "The hub does not answer. Try again."


class WaitingView(msgspec.Struct, frozen=True):
    """One device that waits; never its code."""

    key: str
    minutes: int
    was: str
    contested: bool


def add_claiming(app: FastAPI, store: HubStore, clock: Clock) -> None:
    """The page and the part of it that is asked for again and again."""
    drawing = templates()

    def draw(name: str) -> Response:
        now = clock.now().wall_ms
        with store.reading() as reading:
            sites, waiting = reading.sites(), reading.identities.waiting(now)
        values = {
            "w": ClaimWords(),
            "sites": sites,
            "roles": [(kind.value, words.ROLE[kind]) for kind in TouchpointKind],
            "waiting": [_view_of(each, now) for each in waiting],
        }
        return HTMLResponse(drawing.get_template(name).render(values))

    @app.get("/claim")
    def page() -> Response:
        return draw("claim.html")

    @app.get("/claim/waiting")
    def waiting() -> Response:
        return draw("waiting.html")


def _view_of(enrolment: Enrolment, now: int) -> WaitingView:
    minutes = max(0, now - enrolment.asked_at) // _MINUTE_MS
    return WaitingView(enrolment.fingerprint[:_KEY_SHOWN], minutes, enrolment.was, enrolment.contested)
