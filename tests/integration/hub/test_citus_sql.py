"""The SQL for reports on Citus, on a PostgreSQL where spreading a table does nothing: every event arrives, none twice."""

from pathlib import Path

import psycopg

from deploy import broker
from kiosk.model.ids import Seq
from sync.hub.clock import SystemClock
from sync.hub.store.opening import open_hub_store
from tests.bench.hub import a_filled_store
from tests.postgresql import Cluster

_SQL = Path(broker.__file__).parents[1] / "database" / "citus.sql"
_FIRST, _SECOND = "-- First part.", "-- Second part."


def test_reports_get_each_event_once_however_often_they_are_brought_up_to_date(
    cluster: Cluster, tmp_path: Path
) -> None:
    text = _SQL.read_text()
    first = text[text.index(_FIRST) : text.index(_SECOND)]
    second = text[text.index(_SECOND) :]
    address = cluster.fresh_database()
    store = open_hub_store(tmp_path, address, SystemClock())
    try:
        a_filled_store(store, Seq(1), 30)
        with psycopg.connect(address, autocommit=True) as citus:
            citus.execute(
                "CREATE FUNCTION create_distributed_table(text, text) RETURNS text AS 'SELECT $1' LANGUAGE sql"
            )
            citus.execute("CREATE SCHEMA hub")
            citus.execute("CREATE VIEW hub.events AS SELECT * FROM public.events")
            citus.execute("CREATE VIEW hub.watermarks AS SELECT * FROM public.watermarks")
            citus.execute(first.encode())
            for _ in range(2):
                citus.execute(second.encode())
            a_filled_store(store, Seq(31), 20)
            citus.execute(second.encode())
            held = citus.execute("SELECT count(*), count(DISTINCT seq), max(seq), min(body->>'id') FROM fleet_events")
            total, different, last, name = held.fetchone() or (0, 0, 0, "")
    finally:
        store.close()
    assert (total, different, last) == (50, 50, 50)
    assert name
