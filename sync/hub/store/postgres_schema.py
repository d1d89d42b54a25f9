"""The schema of the hub's PostgreSQL database, as migrations that are applied once each, in order."""

from typing import LiteralString

_FIRST: tuple[LiteralString, ...] = (
    "CREATE TABLE counters (name text PRIMARY KEY, value bigint NOT NULL)",
    "INSERT INTO counters VALUES ('version', 0), ('number', 0)",
    # Each start of a hub skips ahead in its versions; a number in such a gap was not issued by this database.
    """
CREATE TABLE lives (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, before bigint NOT NULL, first bigint NOT NULL,
    at bigint NOT NULL
)""",
    """
CREATE TABLE sites (
    id text PRIMARY KEY, name text NOT NULL, site_key bytea NOT NULL, version bigint NOT NULL DEFAULT 0,
    floor bigint NOT NULL DEFAULT 0, pack text
)""",
    """
CREATE TABLE devices (
    id text PRIMARY KEY, site text NOT NULL REFERENCES sites (id), role text NOT NULL, name text NOT NULL,
    token_hash text NOT NULL UNIQUE, health text, problem text NOT NULL DEFAULT '', release text NOT NULL DEFAULT '',
    pack text, version bigint NOT NULL DEFAULT 0, waiting bigint NOT NULL DEFAULT 0, epoch text, told_site text,
    seen_at bigint
)""",
    "CREATE INDEX devices_by_site ON devices (site)",
    """
CREATE TABLE watermarks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, device text NOT NULL, epoch text NOT NULL, seq bigint NOT NULL,
    version bigint NOT NULL, events bigint NOT NULL, duplicates bigint NOT NULL, cloned_at bigint,
    UNIQUE (device, epoch)
)""",
    # No key keeps an event unique: its watermark does, and a key of the whole would need the month in it.
    """
CREATE TABLE events (
    number bigint NOT NULL, stream bigint NOT NULL, seq bigint NOT NULL, id text NOT NULL, site text NOT NULL,
    type text NOT NULL, class text NOT NULL, at bigint NOT NULL, received_at bigint NOT NULL,
    committed_at bigint NOT NULL, version bigint NOT NULL, conflict text, body bytea NOT NULL
) PARTITION BY LIST (class)""",
    "CREATE TABLE events_deed PARTITION OF events FOR VALUES IN ('deed') PARTITION BY RANGE (committed_at)",
    "CREATE TABLE events_reading PARTITION OF events FOR VALUES IN ('reading') PARTITION BY RANGE (committed_at)",
    "CREATE INDEX events_by_number ON events (number)",
    "CREATE INDEX events_by_place ON events (stream, seq)",
    "CREATE INDEX events_in_conflict ON events (number) WHERE conflict IS NOT NULL",
    """
CREATE TABLE quarantine (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream bigint NOT NULL REFERENCES watermarks (id),
    seq bigint NOT NULL, received_at bigint NOT NULL, why text NOT NULL, digest bytea NOT NULL, body bytea NOT NULL,
    replayed_at bigint,
    UNIQUE (stream, seq, digest)
)""",
    "CREATE INDEX quarantine_open ON quarantine (number) WHERE replayed_at IS NULL",
    """
CREATE TABLE records (
    site text NOT NULL REFERENCES sites (id), collection text NOT NULL, key text NOT NULL, version bigint NOT NULL,
    changed_at bigint NOT NULL, body bytea,
    PRIMARY KEY (site, collection, key)
)""",
    "CREATE INDEX records_by_version ON records (site, version)",
    "CREATE INDEX tombstones ON records (changed_at) WHERE body IS NULL",
    """
CREATE TABLE packs (
    site text NOT NULL REFERENCES sites (id), version text NOT NULL, sha256 text NOT NULL, body bytea NOT NULL,
    added_at bigint NOT NULL,
    PRIMARY KEY (site, version)
)""",
    """
CREATE TABLE erasures (
    site text NOT NULL REFERENCES sites (id), subject text NOT NULL, asked_at bigint NOT NULL, version bigint NOT NULL,
    records bigint NOT NULL,
    PRIMARY KEY (site, subject)
)""",
)

_IDENTITIES: tuple[LiteralString, ...] = (
    """
CREATE TABLE enrolments (
    fingerprint text PRIMARY KEY, code text NOT NULL, csr text NOT NULL, was text NOT NULL, asked_at bigint NOT NULL,
    expires_at bigint NOT NULL, contested integer NOT NULL, device text, site text, role text, serial text,
    claimed_at bigint
)""",
    """
CREATE TABLE certificates (
    serial text PRIMARY KEY, kind text NOT NULL, name text NOT NULL, site text NOT NULL, fingerprint text NOT NULL,
    names text NOT NULL, pem text NOT NULL, not_before bigint NOT NULL, not_after bigint NOT NULL, used_at bigint,
    gone_at bigint, why text NOT NULL, renew integer NOT NULL
)""",
    "CREATE INDEX certificates_by_name ON certificates (kind, name, gone_at)",
    # Brokers ask every two seconds whether any of this changed: it must not take reading them all.
    "CREATE INDEX certificates_stamp ON certificates (not_before, gone_at)",
)

_AGES: tuple[LiteralString, ...] = ("ALTER TABLE devices ADD COLUMN unsent_since bigint, ADD COLUMN data_as_of bigint",)

# When certificates end, without reading them: monitoring asks every few seconds.
_CERTIFICATE_ENDS: tuple[LiteralString, ...] = (
    """
CREATE INDEX certificates_by_end ON certificates (kind, name, used_at, not_before, not_after, gone_at)
WHERE gone_at IS NULL
""",
)

_ROUTES: tuple[LiteralString, ...] = ("ALTER TABLE devices ADD COLUMN route text NOT NULL DEFAULT ''",)

MIGRATIONS: dict[str, tuple[LiteralString, ...]] = {
    "first_tables": _FIRST,
    "identities": _IDENTITIES,
    "devices_ages": _AGES,
    "certificate_ends": _CERTIFICATE_ENDS,
    "devices_routes": _ROUTES,
}
"""Statements by the name under which the database remembers them."""
