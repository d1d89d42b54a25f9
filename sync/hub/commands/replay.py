"""`opas hub replay [NUMBER …]`: take in what lies in quarantine, as far as this release can read it."""

from collections.abc import Sequence

from sync.hub.commands.client import AdminClient
from sync.hub.commands.pages import add_config, page
from sync.hub.settings import load_settings

_STILL_ASIDE = 1
_AT_ONCE = 1_000


def main(argv: Sequence[str]) -> int:
    """Replay the items with the numbers in `argv`, or all; returns 1 when some stay in quarantine."""
    parser = page("replay", __doc__)
    says = "which items, by the console's numbers (default: all)"
    parser.add_argument("numbers", nargs="*", type=int, metavar="NUMBER", help=says)
    add_config(parser)
    asked = parser.parse_args(argv)
    client = AdminClient(load_settings(asked.config))
    numbers: list[int] = asked.numbers or _all(client)
    replayed, aside = 0, []
    for first in range(0, len(numbers), _AT_ONCE):
        done = client.post("/v1/quarantine/replay", {"numbers": numbers[first : first + _AT_ONCE]})
        replayed += len(done["replayed"])
        aside += done["aside"]
    print(f"{replayed} taken in, {len(aside)} still in quarantine")
    for item in aside:
        print(f"  {item['number']}: {item['why']}")
    return _STILL_ASIDE if aside else 0


def _all(client: AdminClient) -> list[int]:
    numbers: list[int] = []
    while page := client.get(f"/v1/quarantine?after={numbers[-1] if numbers else 0}&limit={_AT_ONCE}"):
        numbers += [item["number"] for item in page]
    return numbers
