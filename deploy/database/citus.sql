-- A fleet's events for those who look back on them, spread over the nodes of a Citus cluster by device.
--
-- The hub's own tables stay where they are: they are partitioned by class and month, which Citus does not spread, and its
-- writers take turns, so that more nodes would not make it faster. This is a copy beside them, for reports over years and
-- many sites, which one server would scan for too long. It may be dropped and made anew at any time.
--
-- Run the first part once on Citus's coordinator. Then make the hub's tables visible there as schema `hub`:
--     CREATE EXTENSION postgres_fdw;
--     CREATE SERVER hub FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'HUB-DATABASE', dbname 'opas');
--     CREATE USER MAPPING FOR CURRENT_USER SERVER hub OPTIONS (user 'reader', password 'REPLACE-ME');
--     CREATE SCHEMA hub;
--     IMPORT FOREIGN SCHEMA public LIMIT TO (events, watermarks) FROM SERVER hub INTO hub;
-- and run the second part as often as the reports shall be fresh.

-- First part.
CREATE TABLE fleet_events (
    device text NOT NULL, epoch text NOT NULL, seq bigint NOT NULL, number bigint NOT NULL, site text NOT NULL,
    type text NOT NULL, at bigint NOT NULL, received_at bigint NOT NULL, committed_at bigint NOT NULL, conflict text,
    body json NOT NULL,
    PRIMARY KEY (device, epoch, seq)
);
CREATE INDEX fleet_events_by_time ON fleet_events (committed_at);
CREATE INDEX fleet_events_by_site ON fleet_events (site, committed_at);
SELECT create_distributed_table('fleet_events', 'device');
CREATE TABLE fleet_events_taken (number bigint NOT NULL);
INSERT INTO fleet_events_taken VALUES (0);

-- Second part. Numbers are in the order of commits: what was taken up to a number is complete. Twice does no harm.
BEGIN;
INSERT INTO fleet_events
SELECT w.device, w.epoch, e.seq, e.number, e.site, e.type, e.at, e.received_at, e.committed_at, e.conflict,
       convert_from(e.body, 'UTF8')::json
FROM hub.events e JOIN hub.watermarks w ON w.id = e.stream
WHERE e.number > (SELECT number FROM fleet_events_taken)
ON CONFLICT (device, epoch, seq) DO NOTHING;
UPDATE fleet_events_taken SET number = greatest(number, (SELECT coalesce(max(number), 0) FROM fleet_events));
COMMIT;
