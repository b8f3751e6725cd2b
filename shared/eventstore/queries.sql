-- name: read_stream
-- A stream's events after a version, in order.
SELECT header, data, hash FROM store.events
WHERE stream = $1 AND stream_version > $2 ORDER BY stream_version;

-- name: streams_about
-- These streams, and those with these bytes in any header, whole. Headers aren't indexed by what is in them.
SELECT stream, stream_version, header, data, hash FROM store.events
WHERE stream = ANY ($1::text[])
   OR stream IN (SELECT DISTINCT stream FROM store.events WHERE position($2::bytea IN header) > 0)
ORDER BY stream, stream_version;

-- name: read_all
-- Events behind a cursor that no running transaction can still precede: those of transactions that are over,
-- and those up to the horizon of a store that only the caller appends to. Behind them, without their bytes, those
-- that readers must wait for.
SELECT epoch, xid::text::bigint AS xid, seq,
       CASE WHEN readable THEN header END AS header, CASE WHEN readable THEN data END AS data
FROM (
    SELECT epoch, xid, seq, header, data, xid < pg_snapshot_xmin(pg_current_snapshot())
        OR (epoch, xid, seq) <= ($5, $6::bigint::text::xid8, $7)
        OR epoch < (SELECT m.epoch FROM store.meta m) AS readable
    FROM store.events WHERE (epoch, xid, seq) > ($1, $2::bigint::text::xid8, $3)
    ORDER BY epoch, xid, seq LIMIT $4
) AS behind ORDER BY epoch, xid, seq;

-- name: read_newest
-- The newest events that readers may have, newest first.
SELECT epoch, xid::text::bigint AS xid, seq, header, data FROM store.events
WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) OR epoch < (SELECT m.epoch FROM store.meta m)
ORDER BY epoch DESC, xid DESC, seq DESC LIMIT $1;

-- name: head
-- The newest position that any event has, and how far readers may go.
SELECT epoch, xid::text::bigint AS xid, seq FROM store.events ORDER BY epoch DESC, xid DESC, seq DESC LIMIT 1;

-- name: horizon
-- How many transactions lie between the newest and the oldest still running: more than a few is a stall.
SELECT pg_snapshot_xmax(s)::text::bigint - pg_snapshot_xmin(s)::text::bigint AS span
FROM pg_current_snapshot() AS s;

-- name: find_command
-- The first answer to a command.
SELECT body_hash, status, answer FROM store.commands WHERE actor = $1 AND key = $2;

-- name: due_timers
-- Timers that are due and not waiting for a further try.
SELECT id, due, name, key, data, cause, attempts FROM store.timers
WHERE due <= $1 AND (retry_at IS NULL OR retry_at <= $2) ORDER BY due, id LIMIT $3;

-- name: next_timer
-- When the next timer is due.
SELECT min(due) FROM store.timers WHERE retry_at IS NULL;

-- name: fail_timer!
-- Put a timer that failed aside until a later try.
UPDATE store.timers SET attempts = attempts + 1, retry_at = $2, error = $3 WHERE id = $1;

-- name: failed_timers
-- Timers that failed, for the list of what waits for a person.
SELECT id, due, name, key, attempts, retry_at, error FROM store.timers WHERE attempts > 0 ORDER BY due, id;

-- name: any_failed_timer
-- Whether any timer waits for a further try.
SELECT EXISTS (SELECT FROM store.timers WHERE attempts > 0);

-- name: inbox_of
-- What a consumer has taken in of these streams.
SELECT stream, version FROM store.inbox WHERE consumer = $1 AND stream = ANY ($2);

-- name: had!
-- Note of streams that a consumer has had them up to these versions, but for those of which an older event waits.
INSERT INTO store.inbox AS b (consumer, stream, version)
SELECT $1, h.stream, h.version FROM unnest($2::text[], $3::int[]) AS h (stream, version)
WHERE NOT EXISTS (
    SELECT FROM store.held w WHERE w.consumer = $1 AND w.stream = h.stream AND w.stream_version < h.version)
ON CONFLICT (consumer, stream) DO UPDATE SET version = greatest(b.version, excluded.version);

-- name: lock!
-- Take these locks, sorted by the caller, until the transaction ends.
SELECT pg_advisory_xact_lock(l) FROM unnest($1::bigint[]) AS l;

-- name: held_of
-- What waits in a consumer.
SELECT stream, stream_version FROM store.held WHERE consumer = $1;

-- name: unread
-- A part of a statement about `$1`: the newest version of a stream, if a consumer has not taken it in and it doesn't
-- wait there.
SELECT max(e.stream_version) AS unread FROM store.events e
WHERE e.stream = $3 AND e.stream_version > coalesce(
        (SELECT i.version FROM store.inbox i WHERE i.consumer = $2 AND i.stream = $3), 0)
  AND NOT EXISTS (SELECT FROM store.held h WHERE h.consumer = $2 AND h.stream = $3)

-- name: held_keys
-- Which of these keys wait in a consumer.
SELECT DISTINCT key FROM store.held WHERE consumer = $1 AND key = ANY ($2);

-- name: hold!
-- Put events of a waiting key behind it, or a failed one first.
INSERT INTO store.held
    (consumer, key, source, stream, stream_version, header, data, attempts, retry_at, parked_at, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (consumer, stream, stream_version) DO NOTHING;

-- name: held_first
-- The first waiting event of each key whose time has come.
SELECT * FROM (
    SELECT DISTINCT ON (key) ordinal, key, header, data, attempts, retry_at, parked_at FROM store.held
    WHERE consumer = $1 ORDER BY key, ordinal
) AS first WHERE parked_at IS NULL AND (retry_at IS NULL OR retry_at <= $2) ORDER BY ordinal LIMIT 100;

-- name: held_after
-- The next waiting event of a key.
SELECT ordinal, key, header, data, attempts, retry_at, parked_at FROM store.held
WHERE consumer = $1 AND key = $2 ORDER BY ordinal LIMIT 1;

-- name: fail_held!
-- Count a failure; park after the last try.
UPDATE store.held SET attempts = $2, retry_at = $3, parked_at = $4, error = $5 WHERE ordinal = $1;

-- name: release_held!
-- Take an event out of the queue: it was handled, or a person skipped it.
DELETE FROM store.held WHERE ordinal = $1;

-- name: list_held
-- All that waits, for people to see.
SELECT ordinal, consumer, key, source, stream, stream_version, header, data, attempts, retry_at, parked_at, error
FROM store.held ORDER BY consumer, key, ordinal;

-- name: retry_held!
-- Let a parked event be tried again at once.
UPDATE store.held SET attempts = 0, retry_at = NULL, parked_at = NULL
WHERE ordinal = $1 AND parked_at IS NOT NULL;

-- name: held_untried
-- Parked without a try: of a type or version that the program did not know.
SELECT ordinal, header FROM store.held WHERE consumer = $1 AND parked_at IS NOT NULL AND attempts = 0;

-- name: holds
-- Whether anything waits in a consumer.
SELECT EXISTS (SELECT FROM store.held WHERE consumer = $1);

-- name: waits
-- How many events wait in the consumers of a store, how many of them are parked, and how many are tried again by
-- themselves: the first of a key, unless it is parked.
SELECT count(*) AS waiting, count(parked_at) AS parked,
       count(*) FILTER (WHERE parked_at IS NULL AND first = ordinal) AS retrying
FROM (SELECT ordinal, parked_at, min(ordinal) OVER (PARTITION BY consumer, key) AS first FROM store.held) AS h;

-- name: next_held
-- When the first of those keys is due that wait for a time and not for a person.
SELECT min(coalesce(retry_at, now())) FROM (
    SELECT DISTINCT ON (key) retry_at, parked_at FROM store.held WHERE consumer = $1 ORDER BY key, ordinal
) AS first WHERE parked_at IS NULL;

-- name: cursor_of
-- How far a consumer has read a source.
SELECT epoch, xid::text::bigint AS xid, seq FROM store.cursors WHERE consumer = $1 AND source = $2;

-- name: cursors_of
-- How far a consumer has read each source.
SELECT source, epoch, xid::text::bigint AS xid, seq FROM store.cursors WHERE consumer = $1;

-- name: move_cursor!
-- Remember how far a consumer has read a source. The inbox makes an older cursor harmless: no wait for the disk.
INSERT INTO store.cursors (consumer, source, epoch, xid, seq)
SELECT $1, $2, $3, $4::bigint::text::xid8, $5 FROM set_config('synchronous_commit', 'off', true)
ON CONFLICT (consumer, source) DO UPDATE SET epoch = excluded.epoch, xid = excluded.xid, seq = excluded.seq;

-- name: flush
-- Wait until the write-ahead log is on the disk up to here, with all that was committed without waiting for it.
SELECT pg_logical_emit_message(false, 'jiujin', '', true);

-- name: last_taken
-- How far a consumer has read the store that it lies in, and the event there.
SELECT c.epoch, c.xid::text::bigint AS xid, c.seq, e.header
FROM store.cursors c LEFT JOIN store.events e USING (epoch, xid, seq) WHERE c.consumer = $1 AND c.source = $2;

-- name: meta
-- The store's marks.
SELECT source, epoch, cluster, demo, virtual FROM store.meta;

-- name: found!
-- Mark a new store.
INSERT INTO store.meta (source, cluster, demo, virtual)
SELECT $1, system_identifier, $2, $3 FROM pg_control_system() ON CONFLICT DO NOTHING;

-- name: cluster
-- Which PostgreSQL cluster this is, and the transaction id it has reached.
SELECT system_identifier AS cluster, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid
FROM pg_control_system();

-- name: end_others
-- End every other connection of this role to this database, waiting up to five seconds for each.
SELECT pg_terminate_backend(pid, 5000) AS ended FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid();

-- name: new_epoch!
-- After a logical restore: later events sort behind all that are here.
UPDATE store.meta SET epoch = epoch + 1, cluster = (SELECT system_identifier FROM pg_control_system());

-- name: turn_real!
-- A demo's clock turns real for good; the marks of the data and of each event stay.
UPDATE store.meta SET virtual = false;

-- name: quick
-- Whether a demo's waits are seconds in place of minutes.
SELECT quick FROM store.meta;

-- name: be_quick!
-- Let them be so, or no longer.
UPDATE store.meta SET quick = $1;

-- name: last_recorded
-- The header of the newest event: a virtual clock goes on from there.
SELECT header FROM store.events ORDER BY epoch DESC, xid DESC, seq DESC LIMIT 1;

-- name: lag
-- How many events of this store a cursor has not read.
SELECT count(*) FROM store.events WHERE (epoch, xid, seq) > ($1, $2::bigint::text::xid8, $3);

-- name: try_to_lead
-- Take the lock of what only one process at a time may do; it lasts as long as the session.
SELECT pg_try_advisory_lock(1247367754, hashtext($1));

-- name: wait_to_lead!
-- The same, waiting for whoever has it.
SELECT pg_advisory_lock(1247367754, hashtext($1));

-- name: stop_leading!
-- Give it back.
SELECT pg_advisory_unlock(1247367754, hashtext($1));

-- name: renew_lease!
-- The leader says that it is there.
INSERT INTO store.leases (name, pid, renewed) VALUES ($1, pg_backend_pid(), clock_timestamp())
ON CONFLICT (name) DO UPDATE SET pid = excluded.pid, renewed = excluded.renewed;

-- name: end_silent_leader
-- End the session of a leader that has said nothing for three seconds, if it still holds the lock.
SELECT pg_terminate_backend(s.pid, 1000) FROM store.leases s
JOIN pg_locks l ON l.pid = s.pid AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.classid = 1247367754::oid AND l.objid::bigint = hashtext($1)::bigint & 4294967295
WHERE s.name = $1 AND s.renewed < clock_timestamp() - interval '3 seconds';

-- name: leader
-- Since when the leader has said nothing, in seconds; nothing when there never was one.
SELECT extract(epoch FROM clock_timestamp() - renewed)::float8 FROM store.leases WHERE name = $1;

-- name: move_relay!
-- Remember how far the relay has sent. The broker's copy lies elsewhere, so this waits for the disk.
INSERT INTO store.cursors (consumer, source, epoch, xid, seq) VALUES ($1, $2, $3, $4::bigint::text::xid8, $5)
ON CONFLICT (consumer, source) DO UPDATE SET epoch = excluded.epoch, xid = excluded.xid, seq = excluded.seq;
