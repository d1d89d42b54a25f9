"""Reading a pack's source files: TOML documents and CSV tables that a spreadsheet opens and saves."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.release.finding import Finding, PackRefused, nearest
from deploy.release.tomlplaces import Place, places

MAX_FILE_BYTES = 5_000_000
MAX_TOML_CHARACTERS = 500_000
MAX_LINES = 20_000
_COMMENT = "#"
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its number in the file, and its cells by column, stripped of blanks."""

    file: str
    number: int
    cells: dict[str, str]

    def finding(self, what: str, todo: str, column: int = 0) -> Finding:
        """Something wrong in this line."""
        return Finding(self.file, self.number, column, what, todo)


def read_text(path: Path) -> str:
    """The file's text. Raises `PackRefused` when it is missing, too big or not UTF-8."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _refused(
                path, f"The file is larger than {MAX_FILE_BYTES} bytes.", "A pack's tables are small: split it."
            )
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _refused(path, f"The file can't be read ({error.strerror}).", "Put it into the pack's folder.") from error
    except UnicodeDecodeError as error:
        todo = 'Save it as "CSV UTF-8" or plain UTF-8 text.'
        raise _refused(path, f"The text is not UTF-8 (byte {error.start}).", todo) from error


def read_toml(path: Path, toml: dict[str, dict[tuple[str | int, ...], Place]]) -> dict[str, Any]:
    """The document; where its values stand is added to `toml`. Raises `PackRefused` when it is no TOML."""
    text = read_text(path)
    if len(text) > MAX_TOML_CHARACTERS:
        todo = "Take out what the site does not need."
        raise _refused(path, f"The file has more than {MAX_TOML_CHARACTERS} characters.", todo)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at ")
        line, column = ([int(number) for number in re.findall(r"\d+", place)] + [0, 0])[:2]
        todo = "Correct this line; words stand in quotes."
        raise PackRefused([Finding(path.name, line, column, f"The file is no TOML: {what}.", todo)]) from error
    except RecursionError as error:
        raise _refused(path, "The file is no TOML: it nests too deep.", "Write it flat.") from error
    except ValueError as error:
        raise _refused(path, "A number has too many digits.", "Write metres and seconds.") from error
    toml[path.name] = places(text)
    return document


def read_table(path: Path, columns: tuple[str, ...], extra: tuple[str, ...] = ()) -> list[Line]:
    """The lines of a table, whose header must name `columns` and may name `extra`, in any order.

    Separated by commas or, as spreadsheets in many countries save it, by semicolons or tabs. Empty lines and those whose
    first cell starts with # are skipped. Raises `PackRefused`.
    """
    text = read_text(path)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count) if any(map(first.count, _DELIMITERS)) else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(_lines(path.name, reader, columns, extra))
    except csv.Error as error:
        finding = Finding(path.name, reader.line_num, 0, f"The line is no CSV: {error}.", "Look for a stray quote.")
        raise PackRefused([finding]) from error


def _lines(file: str, reader: Any, columns: tuple[str, ...], extra: tuple[str, ...]) -> Iterator[Line]:
    header = [cell.strip() for cell in next(reader, [])]
    _check_header(file, header, columns, extra)
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if not any(stripped) or stripped[0].startswith(_COMMENT):
            continue
        if reader.line_num > MAX_LINES:
            finding = Finding(file, MAX_LINES, 0, f"There are more than {MAX_LINES} lines.", "Split the site.")
            raise PackRefused([finding])
        if len(stripped) > len(header) and any(stripped[len(header) :]):
            todo = "Put quotes around a text that holds the separator."
            finding = Finding(
                file, reader.line_num, 0, f"The line has more cells than the {len(header)} columns.", todo
            )
            raise PackRefused([finding])
        padded = stripped + [""] * (len(header) - len(stripped))
        yield Line(file, reader.line_num, dict(zip(header, padded, strict=False)))


def _check_header(file: str, header: list[str], columns: tuple[str, ...], extra: tuple[str, ...]) -> None:
    findings = [
        Finding(file, 1, 0, f'There is no column "{column}".', f"Add it to the first line: {', '.join(columns)}.")
        for column in columns
        if column not in header
    ]
    known = (*columns, *extra)
    findings += [
        Finding(file, 1, 0, f'"{name}" is no column of this table.', nearest(name, known))
        for name in header
        if name not in known
    ]
    if len(set(header)) != len(header):
        findings.append(Finding(file, 1, 0, "A column stands twice.", "Keep one of the two."))
    if findings:
        raise PackRefused(findings)


def _refused(path: Path, what: str, todo: str) -> PackRefused:
    return PackRefused([Finding(path.name, 0, 0, what, todo)])
