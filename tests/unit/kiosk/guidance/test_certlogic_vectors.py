"""Vectors of every operation of CertLogic 1.3: expression, data, and the value or the refusal that belongs to them.

They are our own; whoever writes another evaluator for packs can run the same file.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.guidance.certlogic import Refused, evaluate
from kiosk.guidance.certnodes import OPERATIONS

_VECTORS: dict[str, list[Any]] = json.loads(
    (Path(__file__).parent / "certlogic_vectors.json").read_text(encoding="utf-8")
)
_APART = {"var", "plusTime", "extractFromUVCI"}


@pytest.mark.parametrize(
    ("expression", "data", "expected"), [tuple(vector) for vectors in _VECTORS.values() for vector in vectors]
)
def test_the_vector_gives_its_value(expression: Any, data: Any, expected: Any) -> None:
    found = evaluate(expression, data)
    if isinstance(expected, dict) and "refused" in expected:
        assert isinstance(found, Refused)
        assert found.refusal == expected["refused"]
    else:
        assert found == expected
        assert type(found) is type(expected)


def test_every_operation_has_vectors() -> None:
    text = json.dumps([vector[0] for vectors in _VECTORS.values() for vector in vectors])
    assert [name for name in sorted(OPERATIONS.keys() | _APART) if f'"{name}"' not in text] == []
