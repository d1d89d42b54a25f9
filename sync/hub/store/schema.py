"""The schema of the hub's SQLite database, as migrations that are applied once each, in order."""

from contextlib import closing

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("opas-hub")

_FIRST = """
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters VALUES ('version', 0);
-- Each start of a hub skips ahead in its versions; a number in such a gap was not issued by this database.
CREATE TABLE lives (number INTEGER PRIMARY KEY, before INTEGER NOT NULL, first INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE TABLE sites (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, site_key BLOB NOT NULL, version INTEGER NOT NULL DEFAULT 0,
    floor INTEGER NOT NULL DEFAULT 0, pack TEXT
) WITHOUT ROWID;
CREATE TABLE devices (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites (id), role TEXT NOT NULL, name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE, health TEXT, problem TEXT NOT NULL DEFAULT '', release TEXT NOT NULL DEFAULT '',
    pack TEXT, version INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, epoch TEXT, told_site TEXT,
    seen_at INTEGER
) WITHOUT ROWID;
CREATE INDEX devices_by_site ON devices (site);
CREATE TABLE watermarks (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, version INTEGER NOT NULL,
    events INTEGER NOT NULL, duplicates INTEGER NOT NULL, cloned_at INTEGER,
    UNIQUE (device, epoch)
);
CREATE TABLE events (
    number INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES watermarks (id), seq INTEGER NOT NULL,
    id TEXT NOT NULL, site TEXT NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,
    committed_at INTEGER NOT NULL, version INTEGER NOT NULL, conflict TEXT, body BLOB NOT NULL,
    UNIQUE (stream, seq)
);
CREATE INDEX events_in_conflict ON events (number) WHERE conflict IS NOT NULL;
CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES watermarks (id), seq INTEGER NOT NULL,
    received_at INTEGER NOT NULL, why TEXT NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL,
    UNIQUE (stream, seq, digest)
);
CREATE TABLE records (
    site TEXT NOT NULL REFERENCES sites (id), collection TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL, body BLOB,
    PRIMARY KEY (site, collection, key)
) WITHOUT ROWID;
CREATE INDEX records_by_version ON records (site, version);
CREATE INDEX tombstones ON records (changed_at) WHERE body IS NULL;
CREATE TABLE packs (
    site TEXT NOT NULL REFERENCES sites (id), version TEXT NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (site, version)
);
"""


@MIGRATIONS()
def first_tables(db: Database) -> None:
    """Sites, devices, events, records and packs."""
    for statement in _FIRST.split(";\n"):
        if statement.strip():
            db.execute(statement)


_SECOND = """
ALTER TABLE quarantine ADD COLUMN replayed_at INTEGER;
CREATE INDEX quarantine_open ON quarantine (number) WHERE replayed_at IS NULL;
CREATE TABLE erasures (
    site TEXT NOT NULL REFERENCES sites (id), subject TEXT NOT NULL, asked_at INTEGER NOT NULL,
    version INTEGER NOT NULL, records INTEGER NOT NULL,
    PRIMARY KEY (site, subject)
) WITHOUT ROWID;
"""


@MIGRATIONS()
def replays_and_erasures(db: Database) -> None:
    """What was taken in from quarantine after all, and whom the hub was asked to forget."""
    for statement in _SECOND.split(";\n"):
        if statement.strip():
            db.execute(statement)


_IDENTITIES = """
CREATE TABLE enrolments (
    fingerprint TEXT PRIMARY KEY, code TEXT NOT NULL, csr TEXT NOT NULL, was TEXT NOT NULL, asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, contested INTEGER NOT NULL, device TEXT, site TEXT, role TEXT, serial TEXT,
    claimed_at INTEGER
) WITHOUT ROWID;
CREATE TABLE certificates (
    serial TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, site TEXT NOT NULL, fingerprint TEXT NOT NULL,
    names TEXT NOT NULL, pem TEXT NOT NULL, not_before INTEGER NOT NULL, not_after INTEGER NOT NULL, used_at INTEGER,
    gone_at INTEGER, why TEXT NOT NULL, renew INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX certificates_by_name ON certificates (kind, name, gone_at);
-- Brokers ask every two seconds whether any of this changed: it must not take reading them all.
CREATE INDEX certificates_stamp ON certificates (not_before, gone_at);
"""


@MIGRATIONS()
def identities(db: Database) -> None:
    """Who asks to be let in, and the certificates that were given out."""
    for statement in _IDENTITIES.split(";\n"):
        if statement.strip():
            db.execute(statement)


@MIGRATIONS()
def devices_ages(db: Database) -> None:
    """Since when a device's oldest event waits, and how current its data is."""
    for column in ("unsent_since", "data_as_of"):
        db.execute(f"ALTER TABLE devices ADD COLUMN {column} INTEGER")


@MIGRATIONS()
def certificate_ends(db: Database) -> None:
    """When certificates end, without reading them: monitoring asks every few seconds."""
    columns = "kind, name, used_at, not_before, not_after, gone_at"
    db.execute(f"CREATE INDEX certificates_by_end ON certificates ({columns}) WHERE gone_at IS NULL")


@MIGRATIONS()
def devices_routes(db: Database) -> None:
    """By which way what is between a device and the hub goes."""
    db.execute("ALTER TABLE devices ADD COLUMN route TEXT NOT NULL DEFAULT ''")


def written_by_newer(db: Database) -> bool:
    """Whether the database has been through a migration that this release does not know."""
    with closing(Database(memory=True)) as empty:
        known = {migration.name for migration in MIGRATIONS.pending(empty)}
    return any(migration.name not in known for migration in MIGRATIONS.applied(db))
