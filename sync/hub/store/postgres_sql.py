"""Every SQL statement of the hub's PostgreSQL store, by name. Values are always bound, never written into a statement.

Lists travel as arrays, so that a batch costs one round trip whatever its size.
"""

from typing import LiteralString

MIGRATIONS_TABLE = "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)"
MIGRATIONS = "SELECT name FROM migrations"
MIGRATION_DONE = "INSERT INTO migrations VALUES (%s)"

SESSION = "SELECT set_config(%s, %s, false)"
BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
# One transaction at a time, whichever hub it is of: versions and numbers are then in the order of commits, so that nobody
# who reads up to one of them misses a lower one that is committed later. It ends with the transaction, or the session.
TURN = "SELECT pg_advisory_xact_lock(hashtext('opas-hub'), hashtext(current_schema()))"

VERSION = "SELECT value FROM counters WHERE name = 'version'"
ADVANCE = "UPDATE counters SET value = value + 1 WHERE name = 'version' RETURNING value"
NUMBERS = "UPDATE counters SET value = value + %s WHERE name = 'number' RETURNING value"

LIFE_BEGIN = "UPDATE counters SET value = greatest(value + 1, %s) WHERE name = 'version' RETURNING value"
LIFE_ADD = "INSERT INTO lives (before, first, at) VALUES (%s, %s, %s)"
LIFE_SKIPS = "SELECT 1 FROM lives WHERE before < %s AND first >= %s LIMIT 1"

_SITE: LiteralString = "SELECT id, name, site_key, version, pack FROM sites"
SITE: LiteralString = f"{_SITE} WHERE id = %s"
SITES: LiteralString = f'{_SITE} ORDER BY name COLLATE "C", id COLLATE "C"'
SITE_PUT = """
INSERT INTO sites (id, name, site_key, pack) VALUES (%s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, pack = excluded.pack
"""
SITE_VERSION = "UPDATE sites SET version = %s WHERE id = %s"
SITE_PACK = "UPDATE sites SET pack = %s WHERE id = %s"
SITE_KNOWS = "SELECT 1 FROM sites WHERE id = %s AND %s BETWEEN floor AND version"
SITE_FLOOR = """
UPDATE sites SET floor = gone.version
FROM (SELECT site, max(version) AS version FROM records WHERE body IS NULL AND changed_at < %s GROUP BY site) gone
WHERE gone.site = sites.id
"""

DEVICES = """
SELECT d.id, d.site, d.role, d.name, d.health, d.problem, d.release, d.pack, d.version, d.waiting, d.epoch,
       d.told_site, d.seen_at, w.cloned_at IS NOT NULL, d.unsent_since, d.data_as_of,
       (c.held = c.gone) IS TRUE, d.route
FROM devices d LEFT JOIN watermarks w ON w.device = d.id AND w.epoch = d.epoch
LEFT JOIN (
    SELECT name, count(*) AS held, count(gone_at) AS gone FROM certificates WHERE kind = 'device' GROUP BY name
) c ON c.name = d.id
ORDER BY d.site COLLATE "C", d.name COLLATE "C", d.id COLLATE "C"
"""
DEVICES_AT = 'SELECT id FROM devices WHERE site = %s ORDER BY id COLLATE "C"'
DEVICES_OF = "SELECT id, site, role, name FROM devices WHERE id = ANY(%s)"
DEVICE_BY_HASH = "SELECT id, site, role, name, token_hash FROM devices WHERE token_hash = %s"
DEVICE_PUT = """
INSERT INTO devices (id, site, role, name, token_hash) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE
SET site = excluded.site, role = excluded.role, name = excluded.name, token_hash = excluded.token_hash
"""
DEVICE_NOTE = """
UPDATE devices SET seen_at = %s, health = coalesce(%s, health), problem = coalesce(%s, problem),
    release = coalesce(%s, release), pack = coalesce(%s, pack), version = coalesce(%s, version),
    waiting = coalesce(%s, waiting), epoch = coalesce(%s, epoch), told_site = coalesce(%s, told_site),
    unsent_since = coalesce(%s, unsent_since), data_as_of = coalesce(%s, data_as_of), route = coalesce(%s, route)
WHERE id = %s
"""

_WATERMARK: LiteralString = """
SELECT device, epoch, seq, version, events,
       (SELECT count(*) FROM quarantine q WHERE q.stream = w.id AND q.replayed_at IS NULL), duplicates, cloned_at
FROM watermarks w
"""
WATERMARKS_OF: LiteralString = (
    f"{_WATERMARK} JOIN unnest(%s::text[], %s::text[]) k (device, epoch) USING (device, epoch)"
)
WATERMARKS: LiteralString = f"{_WATERMARK} ORDER BY id"
WATERMARKS_PUT = """
INSERT INTO watermarks (device, epoch, seq, version, events, duplicates, cloned_at)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (device, epoch) DO UPDATE
SET seq = excluded.seq, version = excluded.version, events = excluded.events,
    duplicates = excluded.duplicates, cloned_at = excluded.cloned_at
RETURNING device, epoch, id
"""
STREAM = "SELECT id FROM watermarks WHERE device = %s AND epoch = %s"

DUPLICATES = "SELECT coalesce(sum(duplicates), 0) FROM watermarks"

HELD = """
SELECT e.seq, e.id, e.version FROM events e JOIN watermarks w ON w.id = e.stream
WHERE w.device = %s AND w.epoch = %s AND e.seq BETWEEN %s AND %s
"""
EVENTS_COPY = """
COPY events (number, stream, seq, id, site, type, class, at, received_at, committed_at, version, conflict, body)
FROM STDIN (FORMAT BINARY)
"""
EVENTS_COPY_TYPES = ("int8", "int8", "int8", *["text"] * 4, "int8", "int8", "int8", "int8", "text", "bytea")
_EVENT: LiteralString = """
SELECT e.number, w.device, w.epoch, e.seq, e.site, e.type, e.received_at, e.committed_at, e.conflict, e.body
FROM events e JOIN watermarks w ON w.id = e.stream
"""
EVENTS: LiteralString = f"{_EVENT} WHERE e.number > %s ORDER BY e.number LIMIT %s"
EVENTS_LAST: LiteralString = f"{_EVENT} ORDER BY e.number DESC LIMIT %s"
CONFLICTS_LAST: LiteralString = f"{_EVENT} WHERE e.conflict IS NOT NULL ORDER BY e.number DESC LIMIT %s"
MONTH_ADD = "CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})"
MONTHS = """
SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = to_regclass(%s)
"""
MONTH_COUNT = "SELECT count(*) FROM {}"
MONTH_DROP = "DROP TABLE {}"

ASIDE_ADD = """
INSERT INTO quarantine (stream, seq, received_at, why, digest, body)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bytea[], %s::bytea[])
ON CONFLICT (stream, seq, digest) DO NOTHING
"""
_ASIDE: LiteralString = """
SELECT q.number, w.device, w.epoch, q.seq, q.received_at, q.why, q.replayed_at, q.body
FROM quarantine q JOIN watermarks w ON w.id = q.stream
"""
ASIDE: LiteralString = f"{_ASIDE} WHERE q.number > %s AND q.replayed_at IS NULL ORDER BY q.number LIMIT %s"
ASIDE_THESE: LiteralString = f"{_ASIDE} WHERE q.number = ANY(%s) ORDER BY q.number"
ASIDE_REPLAYED = "UPDATE quarantine SET replayed_at = %s WHERE number = ANY(%s)"
ERASURES = """
SELECT site, subject, asked_at, version, records FROM erasures
ORDER BY asked_at DESC, site COLLATE "C", subject COLLATE "C"
"""
ERASURE_PUT = """
INSERT INTO erasures (site, subject, asked_at, version, records) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (site, subject) DO UPDATE
SET asked_at = excluded.asked_at, version = excluded.version, records = excluded.records
"""
COUNTS = """
SELECT (SELECT coalesce(sum(events), 0)::bigint FROM watermarks),
       (SELECT count(*) FROM events WHERE conflict IS NOT NULL),
       (SELECT count(*) FROM quarantine WHERE replayed_at IS NULL)
"""

_RECORD: LiteralString = "SELECT collection, key, version, body FROM records WHERE site = %s"
RECORDS = """
SELECT collection, key, version, body
FROM records JOIN unnest(%s::text[], %s::text[]) k (collection, key) USING (collection, key) WHERE site = %s
"""
_BY_VERSION: LiteralString = 'ORDER BY version, collection COLLATE "C", key COLLATE "C"'
COLLECTION: LiteralString = f'{_RECORD} AND collection = %s AND body IS NOT NULL ORDER BY key COLLATE "C"'
CHANGED: LiteralString = f"{_RECORD} AND version > %s {_BY_VERSION}"
LIVE: LiteralString = f"{_RECORD} AND body IS NOT NULL {_BY_VERSION}"
RECORDS_PUT = """
INSERT INTO records (site, collection, key, version, changed_at, body)
SELECT %s, collection, key, %s, %s, body FROM unnest(%s::text[], %s::text[], %s::bytea[]) r (collection, key, body)
ON CONFLICT (site, collection, key) DO UPDATE
SET version = excluded.version, changed_at = excluded.changed_at, body = excluded.body
"""
TOMBSTONES_FORGET = "DELETE FROM records WHERE body IS NULL AND changed_at < %s"

PACK = "SELECT site, version, sha256, body FROM packs WHERE site = %s AND version = %s"
PACK_ADD = (
    "INSERT INTO packs (site, version, sha256, body, added_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
