"""Every word of the console, in one place."""

import msgspec

from kiosk.model.changes import Refusal
from kiosk.model.event import Health
from kiosk.model.outcome import Outcome
from kiosk.model.pack import TouchpointKind


class Words(msgspec.Struct, frozen=True):
    """What the page itself says."""

    lang: str = "en"
    title: str = "Opas hub"
    skip: str = "Skip to the devices"
    claim: str = "Let a device in"
    connecting: str = "Connecting …"
    live: str = "Live"
    lost: str = "Connection lost, data from"
    no_script: str = "This page stands still without JavaScript; reload it to see what is new."
    overview: str = "Overview"
    broker: str = "Broker"
    broker_up: str = "Connected"
    broker_down: str = "Not connected"
    since: str = "since"
    storage: str = "Storage"
    storage_ill: str = "Can't store events"
    nothing_lost: str = "The devices keep their events and send them once this is over."
    devices: str = "Devices"
    all_ready: str = "all ready"
    need_attention: str = "need attention"
    events: str = "Events"
    kept_once: str = "each kept once"
    conflicts: str = "Conflicts"
    conflicts_none: str = "nothing to settle"
    conflicts_some: str = "refused changes, first one won"
    quarantine: str = "Quarantine"
    quarantine_none: str = "nothing unreadable"
    quarantine_some: str = "put aside, not lost"
    refused: str = "refused since the start"
    site: str = "Site"
    pack: str = "Content"
    no_pack: str = "No content pack yet: publish one with PUT /v1/sites/<site>/pack"
    device: str = "Device"
    filter: str = "Choose devices"
    any_site: str = "All sites"
    any_health: str = "Any health"
    bad: str = "Offline or silent"
    warn: str = "Needs attention"
    idle: str = "Not heard"
    good: str = "Ready"
    search: str = "Name, id or problem"
    show: str = "Show"
    show_all: str = "Show all"
    worst_first: str = "The worst first: by health, then by how long something has waited there."
    none_match: str = "No device is like that."
    previous: str = "Previous"
    next: str = "Next"
    pages: str = "Pages of devices"
    of_devices: str = "devices"
    oldest: str = "oldest"
    as_of: str = "as of"
    sites: str = "Sites"
    attention: str = "Attention"
    more_sites: str = "more sites are in good order or stand in the list above."
    conflicts_note: str = (
        "The last 20, newest first. What somebody must settle stands as a case at the site’s desk, too."
    )
    health: str = "Health"
    release: str = "Release"
    data: str = "Data"
    waiting: str = "Waiting"
    seen: str = "Last seen"
    never: str = "never"
    none: str = "–"
    current: str = "Current"
    behind: str = "Behind"
    version: str = "version"
    no_sites: str = "No site yet."
    no_sites_todo: str = (
        "Make one: PUT /v1/sites/<site> with the admin token, then its devices: PUT /v1/devices/<device>."
    )
    no_devices: str = "No device yet."
    no_devices_todo: str = "Add one: PUT /v1/devices/<device> with this site, and put the token into its device.toml."
    latest: str = "Latest events"
    latest_note: str = "The last 50, newest first. No personal data is in them."
    no_events: str = "No event yet."
    no_events_todo: str = "Hold a code before a kiosk: the event appears here within a second."
    aside_note: str = "The oldest first. A release that can read them takes them in with “opas hub replay”; nothing is lost until then."
    number: str = "Number"
    why: str = "Why"
    size: str = "Bytes"
    erasures: str = "Erasures"
    erasures_note: str = "A device has confirmed once it holds the data from after the erasure; from then on nothing of the person is on it."
    subject: str = "Person"
    asked: str = "Asked"
    records: str = "Records"
    proof: str = "Proof"
    of: str = "of"
    confirmed: str = "devices have confirmed"
    missing: str = "not yet:"
    time: str = "Time"
    happened: str = "What happened"
    conflict: str = "Conflict"


WORDS = Words()

HEALTH = {Health.READY: "Ready", Health.DEGRADED: "Needs attention", Health.OFFLINE: "Offline"}
REMOVED = "Taken out"
UNSEEN = "Not seen yet"
SILENT = "Silent"
UNHEARD = "Not heard now"

UNREADABLE_EVENT = "{type} (this release has no words for it)"

PROBLEM_CLONED = (
    "Two outboxes send as this device, a copied card perhaps. Take one of them out, or clear its data so that it starts"
    " anew; events that came twice under one number are in quarantine."
)
PROBLEM_SITE = (
    "It is set up for site “{told}” but registered here for “{site}”. Correct device.site or register it anew."
)
PROBLEM_REMOVED = "Its certificate counts no more. Let it in again by the code on its screen if it shall come back."
PROBLEM_SILENT = "No sign of life, though it did not sign off. Look at its agent and its network."
PROBLEM_UNHEARD = "The broker is away, so nothing is known of it until it is back."
PROBLEM_UNSEEN = "Start its agent, with the token that the hub gave where it has no certificate."
PROBLEM_OFFLINE = "Check its power and network; what happens there arrives once it is back."

ROLE = {
    TouchpointKind.KIOSK: "Kiosk",
    TouchpointKind.GATE: "Gate",
    TouchpointKind.BOARD: "Board",
    TouchpointKind.DESK: "Desk",
}

OUTCOME = {
    Outcome.CHECKED_IN: "checked in",
    Outcome.ADMITTED: "admitted",
    Outcome.ARRIVED: "customer is here",
    Outcome.HANDED_OVER: "handed over",
    Outcome.INFORMED: "shown the next step",
    Outcome.NOT_READY: "order not ready yet",
    Outcome.NOT_CHECKED_IN: "not checked in yet",
    Outcome.TOO_LATE: "too late",
    Outcome.UNREADABLE: "unreadable",
    Outcome.UNKNOWN: "unknown here",
    Outcome.FORGED: "forged",
    Outcome.WRONG_DAY: "for another day",
    Outcome.WRONG_SITE: "for another site",
    Outcome.ALREADY_USED: "already used",
    Outcome.EXPIRED: "expired",
    Outcome.OLD_PICTURE: "an old picture of a code",
    Outcome.REVOKED: "revoked",
    Outcome.BLOCKED: "blocked",
    Outcome.DATA_TOO_OLD: "could not tell, data too old",
}

REFUSAL = {
    Refusal.NOT_FOUND: "no such record here",
    Refusal.ALREADY_USED: "already used elsewhere",
    Refusal.NOT_VALID: "not valid any more",
    Refusal.WRONG_STATE: "did not fit the state here",
    Refusal.NOTHING_TO_UNDO: "nothing to undo here",
}
