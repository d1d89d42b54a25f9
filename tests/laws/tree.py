"""The files of this project, as the laws see them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("kiosk", "sync", "deploy")
_BUILT = {".git", ".venv", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
_BUILT |= {"__pycache__", "build", "dist", "htmlcov", "opas.egg-info"}


def project_files() -> list[Path]:
    """Every file that is the project's own, relative to its root: what git tracks or would take, never what was built."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        paths = {Path(name) for name in listing.stdout.decode().split("\0") if name}
    else:
        paths = {path.relative_to(ROOT) for path in ROOT.rglob("*")}
    return sorted(path for path in paths if (ROOT / path).is_file() and not _BUILT & set(path.parts))


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """The path and the syntax tree of every Python file below `folders`."""
    for path in project_files():
        if path.suffix == ".py" and path.parts[0] in folders:
            yield path, ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imported_names(tree: ast.Module) -> Iterator[str]:
    """Every dotted name that `tree` imports, wherever in the file: `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
