"""Every SQL statement of the device's database; the tables are made in `kiosk.store.migrations`.

`record.generation` tells a snapshot that is being written from the copy in use, which `meta.generation` names.
`record.base` is the hub's copy; `record.body` is what this device shows instead while its own events are not in it.
An event is settled once an ack says that the hub's data holds it at a version that has arrived here (`meta.cursor`).
"""

# meta
GET_META = "SELECT value FROM meta WHERE key = ?"
SET_META = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
DROP_META = "DELETE FROM meta WHERE key = ?"
BUMP_STAMP = "UPDATE meta SET value = value + 1 WHERE key = 'stamp'"

# record
GET_RECORD = """
SELECT COALESCE(body, base) FROM record
WHERE generation = (SELECT value FROM meta WHERE key = 'generation') AND collection = ? AND key = ?
"""
ALL_RECORDS = """
SELECT COALESCE(body, base) FROM record
WHERE generation = (SELECT value FROM meta WHERE key = 'generation') AND collection = ? ORDER BY key
"""
RECORDS_OF_SUBJECT = """
SELECT COALESCE(body, base) FROM record
WHERE generation = (SELECT value FROM meta WHERE key = 'generation') AND collection = ? AND subject = ? ORDER BY key
"""
GET_BASE = """
SELECT base FROM record
WHERE generation = (SELECT value FROM meta WHERE key = 'generation') AND collection = ? AND key = ?
"""
SET_BODY = """
INSERT INTO record (generation, collection, key, version, base, body, subject)
VALUES ((SELECT value FROM meta WHERE key = 'generation'), :collection, :key, 0, NULL, :body, :subject)
ON CONFLICT (generation, collection, key) DO UPDATE SET body = excluded.body, subject = excluded.subject
"""
SHOW_BASE = """
UPDATE record SET body = NULL, subject = ?
WHERE generation = (SELECT value FROM meta WHERE key = 'generation') AND collection = ? AND key = ?
"""
DROP_RECORD = """
DELETE FROM record
WHERE generation = (SELECT value FROM meta WHERE key = 'generation') AND collection = ? AND key = ?
"""
SET_BASE = """
INSERT INTO record (generation, collection, key, version, base, body, subject)
VALUES ((SELECT value FROM meta WHERE key = 'generation'), :collection, :key, :version, :base, NULL, :subject)
ON CONFLICT (generation, collection, key) DO UPDATE
SET version = excluded.version, base = excluded.base, body = NULL, subject = excluded.subject
WHERE excluded.version >= record.version
"""
DROP_BASE = """
DELETE FROM record
WHERE generation = (SELECT value FROM meta WHERE key = 'generation') AND collection = ? AND key = ? AND version <= ?
"""
NEXT_GENERATION = """
SELECT 1 + MAX((SELECT value FROM meta WHERE key = 'generation'), COALESCE((SELECT MAX(generation) FROM record), 0))
"""
STAGE_RECORD = """
INSERT OR REPLACE INTO record (generation, collection, key, version, base, body, subject)
VALUES (:generation, :collection, :key, :version, :base, NULL, :subject)
"""
GENERATIONS = """
SELECT MIN(generation), MAX(generation), (SELECT value FROM meta WHERE key = 'generation') FROM record
"""
SWEEP_RECORDS = """
DELETE FROM record WHERE (generation, collection, key) IN (
    SELECT generation, collection, key FROM record WHERE generation = :generation LIMIT :limit)
"""

# outbox
LAST_SEQ = "SELECT COALESCE(MAX(seq), 0) FROM outbox"
MARKS = """
SELECT (SELECT value FROM meta WHERE key = 'epoch'), COALESCE((SELECT MIN(seq) FROM outbox), 0),
       COALESCE((SELECT MAX(seq) FROM outbox), 0), COALESCE((SELECT MAX(seq) FROM ack), 0)
"""
ADD_EVENT = "INSERT INTO outbox (seq, event) VALUES (?, ?)"
ADD_TOUCHED = "INSERT OR IGNORE INTO touched (seq, collection, key) VALUES (?, ?, ?)"
LAST_ACK = "SELECT COALESCE(MAX(seq), 0) FROM ack"
EVENTS_BETWEEN = "SELECT seq, event FROM outbox WHERE seq > ? AND seq <= ? ORDER BY seq"
EVENTS_AFTER = "SELECT seq, event FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
# An ack that comes again tells a later version, but the events were in the hub's data at the first one.
ADD_ACK = """
INSERT INTO ack (seq, version, at) VALUES (?, ?, NULL)
ON CONFLICT (seq) DO UPDATE SET version = MIN(version, excluded.version)
"""
DROP_ACKS_AFTER = "DELETE FROM ack WHERE seq > ?"
SETTLED = """
SELECT seq FROM ack WHERE version <= (SELECT value FROM meta WHERE key = 'cursor') ORDER BY seq DESC LIMIT 1
"""
# `place` orders claims among this device's own events: a claim comes after those that were written before it came.
LATER_EVENTS_ON = """
SELECT device, event FROM (
    SELECT :device AS device, outbox.event AS event, touched.seq AS place, 0 AS number
    FROM touched JOIN outbox ON outbox.seq = touched.seq
    WHERE touched.collection = :collection AND touched.key = :key AND touched.seq > :after
    UNION ALL
    SELECT claim.device, claim.event, claim.after, claim.number
    FROM claim_target JOIN claim ON claim.number = claim_target.number
    WHERE claim_target.collection = :collection AND claim_target.key = :key
) ORDER BY place, number
"""
TOUCHED_BETWEEN = "SELECT DISTINCT collection, key FROM touched WHERE seq > ? AND seq <= ?"
TOUCHED_AFTER = "SELECT DISTINCT collection, key FROM touched WHERE seq > ?"
STAMP_ACKS = "UPDATE ack SET at = ? WHERE at IS NULL"
ACKED_BEFORE = "SELECT MAX(seq) FROM ack WHERE at < ?"
# The newest row stays, so that numbering goes on from it, and the newest ack, so that it stays known as acked.
FREE_EVENTS = """
DELETE FROM outbox WHERE seq IN (
    SELECT seq FROM outbox WHERE seq <= :seq AND seq < (SELECT MAX(seq) FROM outbox) ORDER BY seq LIMIT :limit)
"""
FREE_TOUCHED = "DELETE FROM touched WHERE seq < (SELECT MIN(seq) FROM outbox)"
FREE_ACKS = """
DELETE FROM ack WHERE seq < (SELECT MIN(seq) FROM outbox) AND seq < (SELECT MAX(seq) FROM ack)
"""
DROP_EVENTS_UP_TO = "DELETE FROM outbox WHERE seq <= ?"
DROP_TOUCHED_UP_TO = "DELETE FROM touched WHERE seq <= ?"
DROP_ACKS = "DELETE FROM ack"
# Taken out and put in again: SQLite gives room back where rows are deleted, not where they become shorter.
TAKE_EVENT = "DELETE FROM outbox WHERE seq = ?"
MOVE_EVENT = "UPDATE outbox SET seq = ?, event = ? WHERE seq = ?"
MOVE_TOUCHED = "UPDATE touched SET seq = ? WHERE seq = ?"

EVENT_AT = "SELECT event FROM outbox WHERE seq = ?"

# pack: `turn` grows with each staging, so that the newest staged one is known
ADD_PACK = """
INSERT INTO pack (version, sha256, body, state, why, turn)
VALUES (?, ?, ?, 'staged', '', (SELECT COALESCE(MAX(turn), 0) + 1 FROM pack))
ON CONFLICT (version) DO UPDATE
SET sha256 = excluded.sha256, body = excluded.body, state = 'staged', why = '', turn = excluded.turn
"""
STAGE_KEPT_PACK = """
UPDATE pack SET state = 'staged', turn = (SELECT MAX(turn) + 1 FROM pack) WHERE version = ? AND state = 'kept'
"""
PACK_STATE = "SELECT state, sha256 FROM pack WHERE version = ?"
ACTIVE_PACK = "SELECT version, sha256, body FROM pack WHERE state = 'active'"
ACTIVE_VERSION = "SELECT version FROM pack WHERE state = 'active'"
STAGED_PACK = "SELECT version, sha256, body FROM pack WHERE state = 'staged' ORDER BY turn DESC LIMIT 1"
STAGED_VERSION = "SELECT version FROM pack WHERE state = 'staged' ORDER BY turn DESC LIMIT 1"
UNSTAGE_PACKS = "UPDATE pack SET state = 'kept' WHERE state = 'staged' AND version <> ?"
KEEP_ACTIVE_PACK = "UPDATE pack SET state = 'kept' WHERE state = 'active' AND version <> ?"
ACTIVATE_PACK = "UPDATE pack SET state = 'active' WHERE version = ? AND state IN ('staged', 'kept', 'active')"
REJECT_PACK = "UPDATE pack SET state = 'rejected', why = ?, body = X'' WHERE version = ? AND state <> 'active'"
FORGET_PACKS = """
DELETE FROM pack WHERE state IN ('kept', 'rejected')
AND turn <= (SELECT COALESCE(MAX(turn), 0) - :keep FROM pack)
"""

# claim: other devices' events; `settles` is the hub's version that contains one, NULL until its device has told
ADD_CLAIM = """
INSERT INTO claim (id, device, epoch, seq, after, settles, event) VALUES (:id, :device, :epoch, :seq, :after, NULL, :event)
"""
KNOWS_CLAIM = "SELECT 1 FROM claim WHERE id = ?"
MOVE_CLAIM = "UPDATE claim SET epoch = :epoch, seq = :seq WHERE id = :id AND device = :device"
ADD_CLAIM_TARGET = "INSERT INTO claim_target (number, collection, key) VALUES (?, ?, ?)"
SETTLE_CLAIMS = "UPDATE claim SET settles = ? WHERE device = ? AND epoch = ? AND seq <= ? AND settles IS NULL"
SETTLED_CLAIMS = """
SELECT DISTINCT collection, key FROM claim_target WHERE number IN (
    SELECT number FROM claim WHERE settles <= (SELECT value FROM meta WHERE key = 'cursor'))
"""
DROP_SETTLED_CLAIMS = "DELETE FROM claim WHERE settles <= (SELECT value FROM meta WHERE key = 'cursor')"
FORGET_CLAIMS = "DELETE FROM claim WHERE number <= (SELECT MAX(number) FROM claim) - ?"
DROP_CLAIM_TARGETS = "DELETE FROM claim_target WHERE number NOT IN (SELECT number FROM claim)"
CLAIM_TARGETS = "SELECT DISTINCT collection, key FROM claim_target"
LAST_ACK_VERSION = "SELECT version FROM ack ORDER BY seq DESC LIMIT 1"
# Along the key of `touched` (the + keeps the other index out), which is short where most events only report; no event
# touches two of these.
OWN_CLAIMS = """
SELECT outbox.seq, outbox.event FROM touched CROSS JOIN outbox ON outbox.seq = touched.seq
WHERE touched.seq > ? AND +touched.collection IN ('tickets', 'orders', 'subjects') ORDER BY touched.seq LIMIT ?
"""
