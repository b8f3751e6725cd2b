-- store.commit looks each stream up in the inbox by its key. Joined, the whole inbox was read by every batch of a
-- consumer on a store whose tables had not been analysed yet when the plan was made.
CREATE OR REPLACE FUNCTION store.commit(
    locks bigint[],
    streams text[], expected int[],
    e_stream text[], e_version int[], e_header bytea[], e_data bytea[], e_hash bytea[],
    c_actor text, c_key text, c_hash bytea, c_status int, c_answer bytea,
    i_consumer text, i_streams text[], i_seen int[], i_versions int[], i_keys text[],
    t_id uuid[], t_due timestamptz[], t_name text[], t_key text[], t_data bytea[], t_cause bytea[],
    t_drop uuid[], t_claim uuid, t_claim_due timestamptz, h_release bigint[],
    derived boolean
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    this_xid xid8;
    wrong text;
    this_epoch int;
    released int;
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'a transaction id was assigned before the locks' USING ERRCODE = 'JJ009';
    END IF;
    PERFORM pg_advisory_xact_lock(l) FROM unnest(locks) AS l;  -- sorted by the caller
    IF cardinality(streams) > 0 THEN
        SELECT s.stream INTO wrong
        FROM unnest(streams, expected) AS s (stream, version)
        LEFT JOIN LATERAL (
            SELECT e.stream_version FROM store.events e
            WHERE e.stream = s.stream ORDER BY e.stream_version DESC LIMIT 1
        ) AS last ON true
        WHERE coalesce(last.stream_version, 0) <> s.version LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '%', wrong USING ERRCODE = 'JJ001';
        END IF;
    END IF;
    IF derived AND cardinality(e_stream) = 0 THEN
        -- A consumer's marks and views: after a crash of the server its cursor is as old as they are, and
        -- they are made again. Nobody need wait for the disk.
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    IF i_consumer IS NOT NULL THEN
        IF i_keys IS NOT NULL AND EXISTS (
            SELECT FROM store.held h WHERE h.consumer = i_consumer AND h.key = ANY (i_keys)
        ) THEN
            RAISE EXCEPTION 'held' USING ERRCODE = 'JJ004';
        END IF;
        SELECT i.stream INTO wrong
        FROM unnest(i_streams, i_seen) AS i (stream, seen)
        LEFT JOIN LATERAL (
            SELECT b.version FROM store.inbox b WHERE b.consumer = i_consumer AND b.stream = i.stream LIMIT 1
        ) AS last ON true
        WHERE coalesce(last.version, 0) <> i.seen LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '%', wrong USING ERRCODE = 'JJ002';
        END IF;
        INSERT INTO store.inbox AS b (consumer, stream, version)
        SELECT i_consumer, i.stream, i.version FROM unnest(i_streams, i_versions) AS i (stream, version)
        ON CONFLICT (consumer, stream) DO UPDATE SET version = excluded.version;
    END IF;
    IF t_claim IS NOT NULL THEN
        DELETE FROM store.timers WHERE id = t_claim AND due = t_claim_due;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'timer gone' USING ERRCODE = 'JJ003';
        END IF;
    END IF;
    IF c_key IS NOT NULL THEN
        INSERT INTO store.commands (actor, key, body_hash, status, answer)
        VALUES (c_actor, c_key, c_hash, c_status, c_answer) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'command known' USING ERRCODE = 'JJ005';
        END IF;
    END IF;
    IF cardinality(e_stream) > 0 THEN
        this_xid := pg_current_xact_id();
        SELECT epoch INTO this_epoch FROM store.meta;
        INSERT INTO store.events (epoch, xid, seq, stream, stream_version, header, data, hash)
        SELECT this_epoch, this_xid, nextval('store.seq'),
               e.stream, e.version, e.header, e.data, e.hash
        FROM unnest(e_stream, e_version, e_header, e_data, e_hash)
             WITH ORDINALITY AS e (stream, version, header, data, hash, n)
        ORDER BY e.n;
    END IF;
    IF cardinality(h_release) > 0 THEN
        WITH gone AS (
            DELETE FROM store.held WHERE ordinal = ANY (h_release) RETURNING consumer, stream, stream_version
        ), passed AS (
            INSERT INTO store.inbox AS b (consumer, stream, version)
            SELECT consumer, stream, max(stream_version) FROM gone GROUP BY consumer, stream
            ON CONFLICT (consumer, stream) DO UPDATE SET version = greatest(b.version, excluded.version)
        )
        SELECT count(*) INTO released FROM gone;
        IF released <> cardinality(h_release) THEN
            RAISE EXCEPTION 'held event gone' USING ERRCODE = 'JJ006';
        END IF;
    END IF;
    IF cardinality(t_drop) > 0 THEN
        DELETE FROM store.timers WHERE id = ANY (t_drop);
    END IF;
    IF cardinality(t_id) > 0 THEN
        INSERT INTO store.timers (id, due, name, key, data, cause)
        SELECT * FROM unnest(t_id, t_due, t_name, t_key, t_data, t_cause)
        ON CONFLICT (id) DO UPDATE SET due = excluded.due, name = excluded.name, data = excluded.data,
            cause = excluded.cause, attempts = 0, retry_at = NULL, error = NULL;
    END IF;
    RETURN CASE WHEN cardinality(e_stream) > 0
        THEN ARRAY[this_epoch, this_xid::text::bigint, currval('store.seq')] END;
END $$;
