-- The end of retention. Nothing is deleted but by expire_events, which only the retention
-- role may call; it looks at the legal holds itself, keeps what proofs need, and writes down
-- what it removed.
GRANT USAGE ON SCHEMA public TO countersign_trail_retention;

-- A filter over events; what is null does not narrow. Lifted ones stay, with who and why.
CREATE TABLE legal_holds (
  id              text           NOT NULL PRIMARY KEY,
  workspace_id    text           NOT NULL,
  reason          text           NOT NULL,
  -- The accountable member.
  owner           text           NOT NULL,
  -- As it was given, for people to read.
  filters         jsonb          NOT NULL,
  types           text[],
  -- Beginnings of types: `action.` for `action.*`.
  kinds           text[],
  agents          text[],
  action_types    text[],
  actors          text[],
  outcomes        text[],
  tiers           smallint[],
  classifications text[],
  session_id      text,
  action_id       text,
  time_from       timestamptz(3),
  time_to         timestamptz(3),
  words           tsquery,
  placed_by       text           NOT NULL,
  placed_at       timestamptz(3) NOT NULL,
  lifted_by       text,
  lifted_at       timestamptz(3),
  lift_reason     text,
  CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE INDEX legal_holds_active ON legal_holds (workspace_id) WHERE lifted_at IS NULL;

-- Indexes of events that were removed; each range belongs to one removal.
CREATE TABLE expired_ranges (
  workspace_id text   NOT NULL,
  first        bigint NOT NULL CHECK (first >= 0),
  last         bigint NOT NULL,
  expiry       text   NOT NULL,
  PRIMARY KEY (workspace_id, first),
  CHECK (last >= first)
);

-- What each removal did, so that asking again for the same one does nothing and says the same.
CREATE TABLE expiries (
  id           text           NOT NULL PRIMARY KEY,
  workspace_id text           NOT NULL,
  month        date           NOT NULL,
  classes      text[]         NOT NULL,
  events       bigint         NOT NULL,
  ranges       bigint         NOT NULL,
  first        bigint,
  last         bigint,
  -- SHA-256 over `first-last` of each range in order, one a line.
  digest       bytea          NOT NULL,
  -- Of the smallest checkpoint that covers all of it.
  size         bigint,
  root         bytea,
  -- Whether the month's whole partition was dropped.
  dropped      boolean        NOT NULL,
  at           timestamptz(3) NOT NULL DEFAULT now()
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['legal_holds', 'expired_ranges', 'expiries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO countersign_trail_reader, countersign_trail_retention
      USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())', name);
    EXECUTE format('GRANT SELECT ON %I TO countersign_trail_reader, countersign_trail_retention', name);
  END LOOP;
END $$;

-- Classes of events with a retention of their own, by the beginning of their type
-- (lib/domains/trail/retention/classes.ts says the same; a test compares them).
CREATE FUNCTION retention_class(type text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE
    WHEN type ~ '^(action|approval|decision|permit|review|sample)\.' THEN 'decisions'
    WHEN type ~ '^(session|model|memory|retrieval|firewall)\.' THEN 'sessions'
    WHEN type ~ '^(request|token)\.' OR type ~ '^trail\.(payload_read|export|verif|anchor|delivery_test)' THEN 'reads'
    ELSE 'administration'
  END;

CREATE FUNCTION legal_hold_covers(h legal_holds, e events) RETURNS boolean
  LANGUAGE sql STABLE
  RETURN h.lifted_at IS NULL AND h.workspace_id = e.workspace_id
    AND (h.types IS NULL AND h.kinds IS NULL OR coalesce(e.type = ANY (h.types), false)
         OR EXISTS (SELECT FROM unnest(h.kinds) AS kind WHERE starts_with(e.type, kind)))
    AND (h.agents IS NULL OR coalesce(e.agent_id = ANY (h.agents), false))
    AND (h.action_types IS NULL OR coalesce(e.action_type = ANY (h.action_types), false))
    AND (h.actors IS NULL OR e.actor_id = ANY (h.actors) OR coalesce(e.on_behalf_of = ANY (h.actors), false))
    AND (h.outcomes IS NULL OR coalesce(e.outcome = ANY (h.outcomes), false))
    AND (h.tiers IS NULL OR coalesce(e.tier = ANY (h.tiers), false))
    AND (h.classifications IS NULL OR coalesce(e.classification = ANY (h.classifications), false))
    AND (h.session_id IS NULL OR coalesce(e.session_id = h.session_id, false))
    AND (h.action_id IS NULL OR coalesce(e.action_id = h.action_id, false))
    AND (h.time_from IS NULL OR e.time >= h.time_from)
    AND (h.time_to IS NULL OR e.time < h.time_to)
    -- The words of a protected payload cannot be looked into, so it is held whatever they are.
    AND (h.words IS NULL OR e.search @@ h.words
         OR coalesce(e.classification IN ('Confidential', 'Restricted'), false));

-- Any constant will do: who places a hold waits for a removal that is under way, and the other
-- way round, so that a hold that was answered for holds.
CREATE FUNCTION retention_lock() RETURNS void
  LANGUAGE sql
  AS $$ SELECT pg_advisory_xact_lock(1668510580) $$;

CREATE FUNCTION place_legal_hold(given jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE
  hold legal_holds := jsonb_populate_record(NULL::legal_holds, given);
BEGIN
  IF hold.workspace_id IS DISTINCT FROM current_workspace() THEN
    RAISE EXCEPTION 'a hold of another workspace' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM retention_lock();
  hold.lifted_at := NULL;
  hold.lifted_by := NULL;
  hold.lift_reason := NULL;
  INSERT INTO legal_holds SELECT hold.*;
END $$;

CREATE FUNCTION lift_legal_hold(hold_id text, by text, why text, at timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  UPDATE legal_holds SET lifted_at = at, lifted_by = by, lift_reason = why
   WHERE id = hold_id AND workspace_id = current_workspace() AND lifted_at IS NULL;
  RETURN FOUND;
END $$;

-- Removes a workspace's events of these classes in one month that no hold covers, and says
-- what it removed. Where nothing of the month is left to keep, by anyone, its whole partition
-- goes. Called again with the same id it does nothing and says the same.
CREATE FUNCTION expire_events(expiry_id text, wanted_month date, wanted_classes text[]) RETURNS expiries
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
  -- Whoever reads for long is not waited for; the next run tries again.
  SET lock_timeout = '10s'
  AS $$
DECLARE
  workspace text := current_workspace();
  month_start date := date_trunc('month', wanted_month)::date;
  month_end timestamptz := (date_trunc('month', wanted_month) + interval '1 month')::timestamptz;
  partition text := 'events_' || to_char(wanted_month, 'YYYYMM');
  result expiries;
  whole boolean := false;
  wrong bigint;
BEGIN
  IF workspace IS NULL THEN
    RAISE EXCEPTION 'no workspace is set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Whoever asks, and whatever the settings say: a month that is not over is not removed.
  IF month_end > now() THEN
    RAISE EXCEPTION 'the month of % is not over', month_start USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM retention_lock();
  SELECT * INTO result FROM expiries WHERE id = expiry_id;
  IF FOUND THEN
    IF result.workspace_id <> workspace THEN
      RAISE EXCEPTION 'an expiry of another workspace' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN result;
  END IF;

  result.id := expiry_id;
  result.workspace_id := workspace;
  result.month := month_start;
  result.classes := wanted_classes;
  result.at := now();
  CREATE TEMPORARY TABLE gone (idx bigint, leaf_hash bytea) ON COMMIT DROP;

  IF to_regclass(partition) IS NOT NULL THEN
    -- Nobody adds to the month from here on; reading goes on.
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', partition);
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I AS p WHERE p.workspace_id <> $1 OR retention_class(p.type) <> ALL ($2))', partition)
      INTO whole USING workspace, wanted_classes;
    whole := whole AND NOT EXISTS (
      SELECT FROM legal_holds h JOIN events e ON e.workspace_id = workspace AND e.time >= month_start::timestamptz AND e.time < month_end
       WHERE h.lifted_at IS NULL AND h.workspace_id = workspace AND legal_hold_covers(h, e));
  END IF;
  -- The word of a removal that is itself removed passes to this one.
  UPDATE expired_ranges r SET expiry = expiry_id
    FROM events e
   WHERE e.workspace_id = workspace AND e.time >= month_start::timestamptz AND e.time < month_end
     AND e.type = 'trail.events_expired' AND retention_class(e.type) = ANY (wanted_classes)
     AND r.workspace_id = workspace AND r.expiry = e.body::jsonb #>> '{data,expiry}'
     AND NOT EXISTS (SELECT FROM legal_holds h
                      WHERE h.lifted_at IS NULL AND h.workspace_id = workspace AND legal_hold_covers(h, e));
  IF whole THEN
    EXECUTE format('INSERT INTO gone SELECT idx, leaf_hash FROM %I', partition);
  ELSE
    WITH removed AS (
      DELETE FROM events e
       WHERE e.workspace_id = workspace AND e.time >= month_start::timestamptz AND e.time < month_end
         AND retention_class(e.type) = ANY (wanted_classes)
         AND NOT EXISTS (SELECT FROM legal_holds h
                          WHERE h.lifted_at IS NULL AND h.workspace_id = workspace AND legal_hold_covers(h, e))
      RETURNING e.idx, e.leaf_hash)
    INSERT INTO gone SELECT idx, leaf_hash FROM removed;
  END IF;
  SELECT count(*), min(idx), max(idx) INTO result.events, result.first, result.last FROM gone;

  -- Proofs go on without the events: their hashes are in the full tiles, or are kept beside them.
  SELECT gone.idx INTO wrong
    FROM gone JOIN tiles t ON t.workspace_id = workspace AND t.level = 0 AND t.idx = gone.idx / 256
   WHERE substring(t.hashes FROM (gone.idx % 256)::int * 32 + 1 FOR 32) <> gone.leaf_hash
   ORDER BY gone.idx LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the tile of index % does not have its hash', wrong USING ERRCODE = 'data_corrupted';
  END IF;
  INSERT INTO kept_leaves (workspace_id, idx, leaf_hash)
  SELECT workspace, gone.idx, gone.leaf_hash FROM gone
   WHERE NOT EXISTS (SELECT FROM tiles t WHERE t.workspace_id = workspace AND t.level = 0 AND t.idx = gone.idx / 256);

  INSERT INTO expired_ranges (workspace_id, first, last, expiry)
  SELECT workspace, min(idx), max(idx), expiry_id
    FROM (SELECT idx, idx - row_number() OVER (ORDER BY idx) AS island FROM gone) AS placed
   GROUP BY island;
  SELECT count(*), sha256(convert_to(coalesce(string_agg(r.first || '-' || r.last || E'\n', '' ORDER BY r.first), ''), 'UTF8'))
    INTO result.ranges, result.digest
    FROM expired_ranges r WHERE r.workspace_id = workspace AND r.expiry = expiry_id;
  SELECT c.size, c.root INTO result.size, result.root FROM checkpoints c
   WHERE c.workspace_id = workspace AND c.size > result.last ORDER BY c.size LIMIT 1;

  result.dropped := whole;
  IF whole THEN
    -- The parent first, as everyone who reads or writes does.
    LOCK TABLE ONLY events IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('DROP TABLE %I', partition);
  END IF;
  IF result.events > 0 THEN
    DELETE FROM event_counts c
     WHERE c.workspace_id = workspace AND c.at >= month_start::timestamptz AND c.at < month_end;
    INSERT INTO event_counts (workspace_id, span, at, dim, value, outcome, n)
    SELECT workspace, slot.span, slot.at, d.dim, d.value, coalesce(e.outcome, ''), count(*)
      FROM events e,
           LATERAL (VALUES (1, date_trunc('hour', e.time, 'UTC')), (24, date_trunc('day', e.time, 'UTC'))) AS slot (span, at),
           LATERAL (VALUES ('all', ''), ('type', e.type), ('agent', e.agent_id), ('actor', e.actor_id),
                           ('action_type', e.action_type), ('tier', e.tier::text), ('classification', e.classification)) AS d (dim, value)
     WHERE e.workspace_id = workspace AND e.time >= month_start::timestamptz AND e.time < month_end
       AND d.value IS NOT NULL
     GROUP BY slot.span, slot.at, d.dim, d.value, coalesce(e.outcome, '');
  END IF;
  INSERT INTO expiries SELECT result.*;
  DROP TABLE gone;
  RETURN result;
END $$;

-- Bytes that an event takes, indexes and all, of the newest months; null while nothing is known.
CREATE FUNCTION trail_event_bytes() RETURNS double precision
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    WITH newest AS (
      SELECT inhrelid, to_date(right(inhrelid::regclass::text, 6), 'YYYYMM')::timestamp AT TIME ZONE 'UTC' AS month
        FROM pg_inherits WHERE inhparent = 'events'::regclass
         AND to_date(right(inhrelid::regclass::text, 6), 'YYYYMM') BETWEEN now() - interval '2 months' AND now())
    SELECT (SELECT sum(pg_total_relation_size(inhrelid)) FROM newest)::float8
         / nullif((SELECT sum(c.n) FROM event_counts c, newest
                    WHERE c.span = 24 AND c.dim = 'all' AND c.at >= newest.month AND c.at < newest.month + interval '1 month'), 0)
  $$;

REVOKE ALL ON FUNCTION retention_class(text), legal_hold_covers(legal_holds, events), retention_lock(),
  place_legal_hold(jsonb), lift_legal_hold(text, text, text, timestamptz),
  expire_events(text, date, text[]), trail_event_bytes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_workspace() TO countersign_trail_retention;
GRANT EXECUTE ON FUNCTION retention_class(text), trail_event_bytes(), legal_hold_covers(legal_holds, events) TO countersign_trail_reader;
GRANT EXECUTE ON FUNCTION place_legal_hold(jsonb), lift_legal_hold(text, text, text, timestamptz),
  expire_events(text, date, text[]) TO countersign_trail_retention;
