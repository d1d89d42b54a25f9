"""The source of a pack with few rows that stay as they are, on the demo terminal's floor and with its words."""

import csv
import shutil
from pathlib import Path

_TERMINAL = Path(__file__).resolve().parents[2] / "assets" / "packs" / "terminal"
_ROWS = """\
id,at,outcome,when,tone,message,lead,place,moment,time,countdown,pickups
# Checking in,,,,,,,,,,,
k-in-vehicle,kiosk,checked_in,"ticket.product in (car, van, motorcycle)",go,quay_in,,,,,,
k-in-hurry,kiosk,checked_in,departure.minutes_to_gate < 10 or departure.minutes_to_gate < departure.walk + 5,go,quay_in,lead.walk,@gate,departs,time.departs,yes,all
k-in-delayed,kiosk,checked_in,departure.state is delayed,go,quay_in,lead.walk,@gate,departs,time.departs,yes,all
k-in-named,kiosk,checked_in,,go,quay_named,lead.walk,@gate,departs,time.departs,yes,all
k-in-vessel,kiosk,checked_in,,go,quay_vessel,lead.walk,@gate,departs,time.departs,yes,all
k-in,kiosk,checked_in,,go,quay_in,lead.help,info,,,,all
cancelled,kiosk gate,informed checked_in,departure.state is cancelled,stop,quay_off,lead.help,info,,,,all
k-aboard,kiosk,informed,"journey.state in (boarding, done)",go,quay_in,,,,,,
k-again-vehicle,kiosk,informed,"journey.state is checked_in and ticket.product in (car, van, motorcycle)",go,quay_in,,,,,,
k-again-collect,kiosk,informed,"journey.state is checked_in and order.state in (ready, customer_arrived, called, handing_over) and order.fits",go,quay_in,lead.walk,@order,,,,all
k-again-named,kiosk,informed,journey.state is checked_in,go,quay_named,lead.walk,@gate,departs,time.departs,yes,all
k-again,kiosk,informed,journey.state is checked_in,go,quay_in,,,,,,all
order-ready,kiosk,informed,"order.state in (ready, called)",go,quay_order,,@order,,,,
k-welcome-named,kiosk gate,informed,,info,quay_named,,,,,,
k-welcome,kiosk,informed,,info,quay_in,,,,,,
g-late,gate,too_late,,stop,quay_off,lead.help,info,,,,
g-welcome,gate,admitted,,go,quay_in,,,,,,
d-give,desk,handed_over,,go,quay_order,,,,,,
d-give-any,desk,handed_over,,go,quay_in,,,,,,
forged,kiosk gate,forged,,stop,quay_off,lead.help,info,,,,
"""
_MESSAGES = {
    "quay_in.headline": ("Lähtöselvitys tehty", "Du är incheckad", "Checked in", "Olete registreeritud"),
    "quay_named.headline": ("Hei, {name}", "Hej, {name}", "Hello, {name}", "Tere, {name}"),
    "quay_vessel.headline": (
        "Tervetuloa: {vessel}",
        "Välkommen: {vessel}",
        "Welcome: {vessel}",
        "Tere tulemast: {vessel}",
    ),
    "quay_order.headline": ("Tilaus {number}", "Order {number}", "Order {number}", "Tellimus {number}"),
    "quay_off.headline": ("Lähtö on peruttu", "Avgången är inställd", "Sailing cancelled", "Reis on tühistatud"),
}
_SCENARIOS = """\
[[scenarios]]
name = "Anna sails"

[[scenarios.steps]]
at = "terminal-kiosk-1"
outcome = "checked_in"
lang = "en"
name = "Anna K."
ticket = "valid"
journey = "checked_in"
departure = { gate = "gate-7", leaves_in = 60 }
says = { row = "k-in-named" }

[[scenarios.steps]]
at = "terminal-gate-1"
outcome = "admitted"
says = { row = "g-welcome" }

[[scenarios]]
name = "The sailing is cancelled"

[[scenarios.steps]]
at = "terminal-kiosk-1"
outcome = "informed"
lang = "fi"
departure = { gate = "gate-6", leaves_in = 60, state = "cancelled" }
says = { row = "cancelled" }
"""


def write_quay(folder: Path) -> Path:
    """Write the source into `folder`, which must not be there yet."""
    shutil.copytree(_TERMINAL, folder)
    (folder / "rows.csv").write_text(_ROWS, encoding="utf-8")
    (folder / "scenarios.toml").write_text(_SCENARIOS, encoding="utf-8")
    with (folder / "messages.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((key, *texts) for key, texts in _MESSAGES.items())
    return folder


def line_of(folder: Path, row: str) -> str:
    """Where a row stands, as file:line."""
    lines = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
    return f"rows.csv:{next(number for number, line in enumerate(lines, 1) if line.startswith(f'{row},'))}"
