"""`opas hub consent show|withdraw SITE SUBJECT`: what a person allowed a site to do with their data, and the end of it.

A person is named by the pseudonym alone. What was granted is revoked under the text that they were shown, and whatever only
that consent permitted is dropped. An older grant in a later import does not bring it back; the answer to that import says so.
"""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from kiosk.model.customer import ConsentState, Purpose
from sync.hub.commands.client import AdminClient
from sync.hub.commands.pages import actions_of, add_config, page
from sync.hub.settings import load_settings

_ACTIONS = (
    ("show", "the person's answers, and what is held because of them"),
    ("withdraw", "take back what the person granted, for every purpose unless some are named"),
)
_PURPOSES = f"one or more of {', '.join(Purpose)} (default: all)"
_NO_ANSWER = "no answer"
_WIDTH = max(map(len, Purpose))


def main(argv: Sequence[str]) -> int:
    """Do what the arguments `argv` say; the exit status."""
    asked = _parser().parse_args(argv)
    client = AdminClient(load_settings(asked.config))
    path = f"/v1/sites/{quote(asked.site, safe='')}/subjects/{quote(asked.subject, safe='')}/consents"
    before = client.get(path)
    if asked.action == "show":
        print("\n".join(told(before)))
        return 0
    purposes = tuple(dict.fromkeys(asked.purposes)) or tuple(Purpose)
    after = before
    for one in (f"{path}/{purpose}" for purpose in purposes) if asked.purposes else (path,):
        after = client.delete(one)
    print("\n".join(withdrawn(before, after, purposes)))
    if after != before:
        print(f"Every screen of {asked.site} follows as soon as the change arrives there.")
    return 0


def told(person: dict[str, Any]) -> Iterator[str]:
    """Every purpose with the answer, one a line, and how much is held because of them."""
    for purpose in Purpose:
        state, text = _answer(person, purpose)
        yield f"{purpose:<{_WIDTH}}  {state}{f', text {text}' if text else ''}"
    topics = ", ".join(f"{each['topic']} ({each['basis']})" for each in person["interests"])
    yield f"{'interests':<{_WIDTH}}  {topics or 'none held'}"
    if person["declined"]:
        yield f"{'not for them':<{_WIDTH}}  {', '.join(person['declined'])}"


def withdrawn(before: dict[str, Any], after: dict[str, Any], purposes: Sequence[Purpose]) -> Iterator[str]:
    """What became of each purpose that was asked for."""
    for purpose in purposes:
        was, text = _answer(before, purpose)
        if was == ConsentState.GRANTED:
            yield f"{purpose}: withdrawn, text {text}."
        else:
            yield f"{purpose}: nothing to withdraw ({was})."
    dropped = len(before["interests"]) - len(after["interests"])
    if dropped:
        yield f"{dropped} {'interest' if dropped == 1 else 'interests'} dropped."


def _answer(person: dict[str, Any], purpose: Purpose) -> tuple[str, str]:
    """State and the text's version; no answer has none."""
    given = {each["purpose"]: (str(each["state"]), str(each["text_version"])) for each in person["consents"]}
    return given.get(purpose, (_NO_ANSWER, ""))


def _purpose(text: str) -> Purpose:
    try:
        return Purpose(text)
    except ValueError as error:
        what = f"there is no purpose {text!a}; name {', '.join(Purpose)}, or none for all of them"
        raise argparse.ArgumentTypeError(what) from error


def _parser() -> argparse.ArgumentParser:
    parser = page("consent", __doc__)
    for action, command in actions_of(parser, _ACTIONS):
        command.add_argument("subject", metavar="SUBJECT", help="the pseudonym, 16 hex digits")
        if action == "withdraw":
            command.add_argument("purposes", nargs="*", type=_purpose, metavar="PURPOSE", help=_PURPOSES)
        add_config(command)
    return parser
