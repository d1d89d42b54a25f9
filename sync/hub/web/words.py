"""Every word of the console, in one place."""

import msgspec

from kiosk.model.changes import Refusal
from kiosk.model.event import Health
from kiosk.model.floor import PathwayMode
from kiosk.model.outcome import Outcome
from kiosk.model.pack import TouchpointKind


class Words(msgspec.Struct, frozen=True):
    """What the page itself says."""

    lang: str = "en"
    title: str = "Opas hub"
    skip: str = "Skip to the devices"
    claim: str = "Let a device in"
    ways: str = "Closed ways"
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
    way: str = "Way to the hub"
    any_way: str = "Any way"
    site_brokers: str = "Site brokers"
    site_brokers_ill: str = "site brokers in trouble:"
    show_devices: str = "Show its devices"
    more_brokers: str = "more; they stand first in the list of sites. Bridges that die together have one cause mostly: look at the central broker."
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


class WaysWords(msgspec.Struct, frozen=True):
    """What the page of the ways says."""

    lang: str = "en"
    title: str = "Closed ways"
    back: str = "Back to the console"
    how: str = (
        "What is said here counts above the content pack, on every screen of the site, from the moment it hears of it."
    )
    now: str = "Not as usual"
    none: str = "Every way is open."
    none_at: str = "Every way is open at"
    no_map: str = "No content pack, so no way is known at"
    no_sites: str = "There is no site yet. Make one first: PUT /v1/sites/<site> with the admin token."
    more: str = "more sites are not shown; name one."
    way: str = "Way"
    state: str = "State"
    closed: str = "Closed"
    opened: str = "Opened"
    planned: str = "Will be closed"
    begins: str = "From"
    until: str = "Until"
    open_end: str = "until it is taken back"
    as_long: str = "as long as that pack is shown"
    by: str = "Said by"
    known: str = "Known on"
    of: str = "of"
    devices: str = "devices"
    missing: str = "not yet:"
    screens: str = "What the screens tell because of it"
    screens_none: str = "No screen leads anybody there."
    change: str = "Close or open a way"
    change_this: str = "Change"
    site: str = "Site"
    all_sites: str = "All sites"
    show: str = "Show"
    act: str = "What"
    act_close: str = "Close it"
    act_open: str = "Open it, whatever the content pack says"
    act_clear: str = "As the content pack says again"
    minutes: str = "For how many minutes"
    minutes_help: str = "Empty: until it is taken back."
    why: str = "Why"
    why_help: str = "For colleagues, no names; no screen shows it."
    token: str = "Admin token"  # noqa: S105 - a label
    token_help: str = "From hub.toml. It is sent with this and kept nowhere."  # noqa: S105 - the same
    submit: str = "Go on"
    ask_close: str = "Close this way?"
    ask_open: str = "Open this way?"
    ask_clear: str = "Let the content pack decide again?"
    at: str = "at"
    then: str = "The screens will tell then:"
    then_nothing: str = "No screen will tell anything else than now."
    cancel: str = "Cancel"
    done: str = "Said. The screens follow as soon as they hear of it."
    unreachable: str = "The hub does not answer. Try again."
    no_script: str = "This form needs JavaScript. Use “opas hub pathway close SITE WAY” instead."


class LeadingWords(msgspec.Struct, frozen=True):
    """What becomes of the ways to some places, told of a screen."""

    lost: str
    found: str
    other: str


LEADING = LeadingWords("No way to {places}; {sent}.", "A way again to {places}.", "Another way to {places}.")
LEADING_STEP_FREE = LeadingWords(
    "No step-free way to {places}; {sent}.",
    "A step-free way again to {places}.",
    "Another step-free way to {places}.",
)
SENT = "people are sent to {place}"
SENT_NOWHERE = "people are told so"
LONGER = "{place} ({minutes} min longer)"
SHORTER = "{place} ({minutes} min shorter)"
BY_HUB = "An administrator, here"
BY_PACK = "Content {pack}"

MODE = {
    PathwayMode.WALKWAY: "Way",
    PathwayMode.STAIRS: "Stairs",
    PathwayMode.MOVING_WALKWAY: "Moving walkway",
    PathwayMode.ESCALATOR: "Escalator",
    PathwayMode.LIFT: "Lift",
    PathwayMode.GATE: "Barrier",
    PathwayMode.EXIT: "Exit",
}

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
PROBLEM_STRAY = (
    "It can’t reach its site’s own broker, and others of the site can: the gates there hear of its tickets from the hub"
    " only. Check the network between the two, and [sitebroker] in its device.toml."
)
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
