"""TOML of tables and arrays of tables, as much as a device's file needs."""

import json
from collections.abc import Mapping, Sequence

Value = str | int | bool
Table = Mapping[str, Value]


def toml_text(tables: Mapping[str, Table | Sequence[Table]]) -> str:
    """The document; a sequence of tables becomes an array of tables."""
    lines: list[str] = []
    for name, content in tables.items():
        one = isinstance(content, Mapping)
        for table in (content,) if isinstance(content, Mapping) else content:
            lines.append(f"[{name}]" if one else f"[[{name}]]")
            lines += [f"{key} = {_value(value)}" for key, value in table.items()]
            lines.append("")
    return "\n".join(lines)


def _value(value: Value) -> str:
    # JSON's strings, numbers and truth values are TOML's, but for the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
