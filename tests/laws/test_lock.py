"""What is installed is what the lock names, hash by hash, and the lock is of this pyproject.toml."""

import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.laws.tree import PRODUCT, ROOT, imported_names, modules

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_EXTRAS = {"device": [], "hub": ["hub"], "dev": ["hub", "dev"]}


def _lock(name: str) -> dict[str, list[str]]:
    """Each distribution's blocks in the lock: more than one where the Python version decides."""
    text = (ROOT / "deploy" / "lock" / f"{name}.txt").read_text(encoding="utf-8")
    blocks: dict[str, list[str]] = {}
    for block in re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]:
        pin = re.sub(r"^ +#.*\n?", "", block, flags=re.MULTILINE)
        blocks.setdefault(block.partition("==")[0], []).append(pin)
    return blocks


@pytest.mark.parametrize("name", _EXTRAS)
def test_every_distribution_is_pinned_with_hashes(name: str) -> None:
    """pip refuses a file whose hash is not here, whatever mirror it came from."""
    lock = _lock(name)
    assert lock
    bare = [
        block for blocks in lock.values() for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)
    ]
    assert bare == []


@pytest.mark.parametrize(("name", "extras"), _EXTRAS.items())
def test_the_lock_holds_what_the_project_asks_for(name: str, extras: list[str]) -> None:
    """After a change of the dependencies, `make lock` was run."""
    lock = _lock(name)
    asked = [*_PROJECT["dependencies"]]
    for extra in extras:
        asked += _PROJECT["optional-dependencies"][extra]
    unmet = []
    for text in asked:
        requirement = Requirement(text)
        versions = [block.partition("==")[2].split()[0] for block in lock.get(canonicalize_name(requirement.name), [])]
        if not versions or not all(requirement.specifier.contains(version) for version in versions):
            unmet.append(f"{text}: locked {versions}")
    assert unmet == []


def test_device_and_hub_get_what_was_tested() -> None:
    """The smaller locks are cut from the whole one: the same versions, the same hashes.

    When each is to be installed may differ: what the whole needs for one more reason, it needs on more machines.
    """
    whole = _pins("dev")
    for name in ("device", "hub"):
        differing = [key for key, pins in _pins(name).items() if not pins <= whole.get(key, set())]
        assert differing == []


def _pins(name: str) -> dict[str, set[str]]:
    """Each distribution's versions with their hashes, without the conditions under which they are installed."""
    return {key: {re.sub(r" ;.*", "", pin) for pin in blocks} for key, blocks in _lock(name).items()}


def test_every_dependency_is_used() -> None:
    """What nothing imports is only weight on a device and work for whoever watches over it. tzdata is data, not code."""
    used = {name.split(".")[0] for _, tree in modules(*PRODUCT) for name in imported_names(tree)}
    homes: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            homes.setdefault(canonicalize_name(distribution), set()).add(module)
    asked = [*_PROJECT["dependencies"], *_PROJECT["optional-dependencies"]["hub"]]
    names = {canonicalize_name(Requirement(text).name) for text in asked} - {"tzdata"}
    assert {name for name in names if not homes.get(name, set()) & used} == set()
