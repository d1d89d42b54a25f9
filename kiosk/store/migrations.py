"""The tables of the device's database. A step here is never changed once released; a new one is added after it."""

from sqlite_utils import Database, Migrations

steps = Migrations("opas.device")

_FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE outbox (seq INTEGER PRIMARY KEY, event BLOB NOT NULL)",
    """
    CREATE TABLE touched (
        seq INTEGER NOT NULL, collection TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (seq, collection, key)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX touched_record ON touched (collection, key, seq)",
    "CREATE TABLE ack (seq INTEGER PRIMARY KEY, version INTEGER NOT NULL, at INTEGER)",
    """
    CREATE TABLE record (
        generation INTEGER NOT NULL, collection TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL,
        base BLOB, body BLOB, subject TEXT, PRIMARY KEY (generation, collection, key)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX record_subject ON record (generation, collection, subject) WHERE subject IS NOT NULL",
    """
    CREATE TABLE pack (
        version TEXT PRIMARY KEY, sha256 TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL,
        turn INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "PRAGMA user_version = 1",
)


@steps()
def first_tables(database: Database) -> None:
    """Outbox, records, packs and what is remembered beside them."""
    for statement in _FIRST:
        database.conn.execute(statement)


# A table without rowid has its columns in the order of its key: SQLite 3.40's quick_check takes others for damaged.
_CLAIMS = (
    """
    CREATE TABLE claim (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, device TEXT NOT NULL, epoch TEXT NOT NULL,
        seq INTEGER NOT NULL, after INTEGER NOT NULL, settles INTEGER, event BLOB NOT NULL
    )
    """,
    "CREATE INDEX claim_settles ON claim (settles) WHERE settles IS NOT NULL",
    """
    CREATE TABLE claim_target (
        collection TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (collection, key, number)
    ) WITHOUT ROWID
    """,
    "PRAGMA user_version = 2",
)


@steps()
def site_claims(database: Database) -> None:
    """What other devices of the site did, until the hub's data contains it."""
    for statement in _CLAIMS:
        database.conn.execute(statement)
