"""Every SQL statement of the hub's SQLite store, by name. Values are always bound, never written into a statement."""

VERSION = "SELECT value FROM counters WHERE name = 'version'"
ADVANCE = "UPDATE counters SET value = value + 1 WHERE name = 'version' RETURNING value"

LIFE_BEGIN = "UPDATE counters SET value = max(value + 1, ?) WHERE name = 'version' RETURNING value"
LIFE_ADD = "INSERT INTO lives (before, first, at) VALUES (?, ?, ?)"
LIFE_SKIPS = "SELECT 1 FROM lives WHERE before < ? AND first >= ? LIMIT 1"

_SITE = "SELECT id, name, site_key, version, pack FROM sites"
SITE = f"{_SITE} WHERE id = ?"
SITES = f"{_SITE} ORDER BY name, id"
SITE_PUT = """
INSERT INTO sites (id, name, site_key, pack) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, pack = excluded.pack
"""
SITE_VERSION = "UPDATE sites SET version = ? WHERE id = ?"
SITE_PACK = "UPDATE sites SET pack = ? WHERE id = ?"
SITE_KNOWS = "SELECT 1 FROM sites WHERE id = ? AND ? BETWEEN floor AND version"
SITE_FLOOR = """
UPDATE sites SET floor = coalesce(
    (SELECT max(version) FROM records WHERE site = sites.id AND body IS NULL AND changed_at < ?), floor)
"""

DEVICES = """
SELECT d.id, d.site, d.role, d.name, d.health, d.problem, d.release, d.pack, d.version, d.waiting, d.epoch,
       d.told_site, d.seen_at, w.cloned_at IS NOT NULL, d.unsent_since, d.data_as_of,
       (c.held = c.gone) IS TRUE, d.route
FROM devices d LEFT JOIN watermarks w ON w.device = d.id AND w.epoch = d.epoch
LEFT JOIN (
    SELECT name, count(*) AS held, count(gone_at) AS gone FROM certificates WHERE kind = 'device' GROUP BY name
) c ON c.name = d.id
ORDER BY d.site, d.name, d.id
"""
DEVICES_AT = "SELECT id FROM devices WHERE site = ? ORDER BY id"
DEVICE = "SELECT id, site, role, name FROM devices WHERE id = ?"
DEVICE_BY_HASH = "SELECT id, site, role, name, token_hash FROM devices WHERE token_hash = ?"
DEVICE_PUT = """
INSERT INTO devices (id, site, role, name, token_hash) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE
SET site = excluded.site, role = excluded.role, name = excluded.name, token_hash = excluded.token_hash
"""
DEVICE_NOTE = """
UPDATE devices SET seen_at = ?, health = coalesce(?, health), problem = coalesce(?, problem),
    release = coalesce(?, release), pack = coalesce(?, pack), version = coalesce(?, version),
    waiting = coalesce(?, waiting), epoch = coalesce(?, epoch), told_site = coalesce(?, told_site),
    unsent_since = coalesce(?, unsent_since), data_as_of = coalesce(?, data_as_of), route = coalesce(?, route)
WHERE id = ?
"""

_WATERMARK = """
SELECT device, epoch, seq, version, events,
       (SELECT count(*) FROM quarantine WHERE stream = watermarks.id AND replayed_at IS NULL), duplicates, cloned_at
FROM watermarks
"""
WATERMARK = f"{_WATERMARK} WHERE device = ? AND epoch = ?"
WATERMARKS = f"{_WATERMARK} ORDER BY id"
DUPLICATES = "SELECT coalesce(sum(duplicates), 0) FROM watermarks"
WATERMARK_PUT = """
INSERT INTO watermarks (device, epoch, seq, version, events, duplicates, cloned_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (device, epoch) DO UPDATE
SET seq = excluded.seq, version = excluded.version, events = excluded.events,
    duplicates = excluded.duplicates, cloned_at = excluded.cloned_at
"""
STREAM = "SELECT id FROM watermarks WHERE device = ? AND epoch = ?"

HELD = """
SELECT e.seq, e.id, e.version FROM events e JOIN watermarks w ON w.id = e.stream
WHERE w.device = ? AND w.epoch = ? AND e.seq BETWEEN ? AND ?
"""
_EVENT_ROW = "(?1, ?{}, ?{}, ?2, ?{}, ?{}, ?3, ?4, ?5, ?{}, ?{})"
_EVENT_COLUMNS = "(stream, seq, id, site, type, at, received_at, committed_at, version, conflict, body)"
_EVENT_SHARED, _EVENT_OWN = 5, 6


def events_add(count: int) -> str:
    """Adds `count` events that share their first five values: stream, site, received_at, committed_at and version.

    Many rows a statement take half the time of one each, and other threads can run meanwhile.
    """
    starts = range(_EVENT_SHARED + 1, _EVENT_SHARED + 1 + _EVENT_OWN * count, _EVENT_OWN)
    rows = ", ".join(_EVENT_ROW.format(*range(start, start + _EVENT_OWN)) for start in starts)
    return f"INSERT INTO events {_EVENT_COLUMNS} VALUES {rows}"  # noqa: S608 - only places' numbers are put in


EVENTS_AT_ONCE = 50
EVENTS_ADD = events_add(EVENTS_AT_ONCE)
EVENT_ADD = events_add(1)
_EVENT = """
SELECT e.number, w.device, w.epoch, e.seq, e.site, e.type, e.received_at, e.committed_at, e.conflict, e.body
FROM events e JOIN watermarks w ON w.id = e.stream
"""
EVENTS = f"{_EVENT} WHERE e.number > ? ORDER BY e.number LIMIT ?"
EVENTS_LAST = f"{_EVENT} ORDER BY e.number DESC LIMIT ?"
CONFLICTS_LAST = f"{_EVENT} WHERE e.conflict IS NOT NULL ORDER BY e.number DESC LIMIT ?"
ASIDE_ADD = """
INSERT INTO quarantine (stream, seq, received_at, why, digest, body) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (stream, seq, digest) DO NOTHING
"""
_ASIDE = """
SELECT q.number, w.device, w.epoch, q.seq, q.received_at, q.why, q.replayed_at, q.body
FROM quarantine q JOIN watermarks w ON w.id = q.stream
"""
ASIDE = f"{_ASIDE} WHERE q.number > ? AND q.replayed_at IS NULL ORDER BY q.number LIMIT ?"
ASIDE_ONE = f"{_ASIDE} WHERE q.number = ?"
ASIDE_REPLAYED = "UPDATE quarantine SET replayed_at = ? WHERE number = ?"
FORGET_THESE = """
DELETE FROM events WHERE committed_at < ? AND number < (SELECT max(number) FROM events)
    AND type IN (SELECT value FROM json_each(?))
"""
FORGET_OTHERS = """
DELETE FROM events WHERE committed_at < ? AND number < (SELECT max(number) FROM events)
    AND type NOT IN (SELECT value FROM json_each(?))
"""
ERASURES = "SELECT site, subject, asked_at, version, records FROM erasures ORDER BY asked_at DESC, site, subject"
ERASURE_PUT = "INSERT OR REPLACE INTO erasures (site, subject, asked_at, version, records) VALUES (?, ?, ?, ?, ?)"
COUNTS = """
SELECT (SELECT coalesce(sum(events), 0) FROM watermarks), (SELECT count(*) FROM events WHERE conflict IS NOT NULL),
       (SELECT count(*) FROM quarantine WHERE replayed_at IS NULL)
"""

_RECORD = "SELECT collection, key, version, body FROM records WHERE site = ?"
RECORD = f"{_RECORD} AND collection = ? AND key = ?"
COLLECTION = f"{_RECORD} AND collection = ? AND body IS NOT NULL ORDER BY key"
CHANGED = f"{_RECORD} AND version > ? ORDER BY version, collection, key"
LIVE = f"{_RECORD} AND body IS NOT NULL ORDER BY version, collection, key"
RECORD_PUT = """
INSERT INTO records (site, collection, key, version, changed_at, body) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (site, collection, key) DO UPDATE
SET version = excluded.version, changed_at = excluded.changed_at, body = excluded.body
"""
TOMBSTONES_FORGET = "DELETE FROM records WHERE body IS NULL AND changed_at < ?"

PACK = "SELECT site, version, sha256, body FROM packs WHERE site = ? AND version = ?"
PACK_ADD = "INSERT INTO packs (site, version, sha256, body, added_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
