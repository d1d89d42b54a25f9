"""The folders are the architecture."""

import ast

from tests.laws.tree import PRODUCT, ROOT, imported_names, modules, project_files

_TOP = {*PRODUCT, "assets", "tests", "pyproject.toml", "README.md", "Makefile", "LICENSE"}
_TOP |= {".ci", ".github", ".gitignore", ".editorconfig", ".gitattributes"}
_OPTIONAL = {".gitattributes"}

# Put together here, so that this file does not name them either.
_REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("piwheels", "org"),
        ("anaconda", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("cdnjs", "cloudflare", "com"),
        ("crates", "io"),
        ("docker", "io"),
        ("docker", "com"),
        ("ghcr", "io"),
        ("gcr", "io"),
        ("quay", "io"),
        ("golang", "org"),
        ("rubygems", "org"),
        ("maven", "org"),
        ("deb", "debian", "org"),
        ("archive", "raspberrypi", "org"),
        ("archive", "raspberrypi", "com"),
    )
]


def test_the_top_level_is_fixed() -> None:
    """A new file finds its place in a folder; nothing gathers beside them."""
    top = {path.parts[0] for path in project_files()}
    assert top - _TOP == set(), "move these into a folder"
    assert _TOP - _OPTIONAL - top == set(), "these are missing"


def test_every_package_says_what_it_is_for() -> None:
    """The doc line of a package is the first thing a reader sees of it."""
    silent = [
        str(path)
        for path, tree in modules(*PRODUCT)
        if path.name == "__init__.py" and not (ast.get_docstring(tree) or "").strip()
    ]
    assert silent == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is each machine's own setting, and nothing is loaded from a public mirror at run time."""
    named = [
        f"{path}: {host}"
        for path in project_files()
        for content in [(ROOT / path).read_bytes().lower()]
        for host in _REGISTRIES
        if host.encode() in content
    ]
    assert named == []


def test_nothing_is_patched() -> None:
    """Fakes implement the production protocol; no test bends production code while it runs."""
    mocked = [str(path) for path, tree in modules(*PRODUCT, "tests") if {"mock", "mocker"} & _words(tree)]
    bent = [
        f"{path}:{node.lineno}"
        for path, tree in modules("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"setattr", "setitem"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "monkeypatch"
    ]
    assert mocked == []
    assert bent == []


def _words(tree: ast.Module) -> set[str]:
    return {word for name in imported_names(tree) for word in name.split(".")} | {
        arg.arg for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for arg in node.args.args
    }


def test_the_link_is_only_opened_through_its_home() -> None:
    """The kiosk has no import, at the top of a file or inside a function, that could open a connection."""
    openers = {"socket", "ssl", "http", "urllib", "asyncio", "paho", "requests", "httpx2", "multiprocessing"}
    found = [
        f"{path}: {name}"
        for path, tree in modules("kiosk")
        for name in imported_names(tree)
        if name.split(".")[0] in openers
    ]
    assert found == []
