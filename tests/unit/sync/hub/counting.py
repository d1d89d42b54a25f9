"""A hub's store that counts what is asked of its database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sync.hub.store.interface import HubStore, Reading, Writing


class _Counted:
    """A connection that passes everything on."""

    def __init__(self, connection: Any, asked: list[str]) -> None:
        self._connection = connection
        self._asked = asked

    def execute(self, statement: str, *values: Any, **how: Any) -> Any:
        self._asked.append(statement)
        return self._connection.execute(statement, *values, **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class CountingStore:
    """`asked` holds every statement of every reading."""

    def __init__(self, store: HubStore) -> None:
        self._store = store
        self.asked: list[str] = []

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._store.reading() as reading:
            kind: Any = type(reading)
            yield kind(_Counted(vars(reading)["_db"], self.asked))

    def writing(self) -> AbstractContextManager[Writing]:
        return self._store.writing()

    def close(self) -> None:
        self._store.close()
