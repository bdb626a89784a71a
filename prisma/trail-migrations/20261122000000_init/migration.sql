-- The trail: one append-only log a workspace. The tables belong to the migrating owner; the
-- writer may add and read, the reader may read one workspace, and nobody else may anything.

CREATE EXTENSION IF NOT EXISTS btree_gin;

-- The workspace of the current transaction; NULL, which matches no row, when it is not set.
CREATE FUNCTION current_workspace() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('countersign.workspace', true), '');

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO countersign_trail_writer, countersign_trail_reader;

-- The columns beside body are taken from it when the event is inserted; body alone is what
-- the leaf hash covers, and a verification compares the columns with it.
CREATE TABLE events (
  workspace_id   text           NOT NULL,
  idx            bigint         NOT NULL CHECK (idx >= 0),
  id             text           NOT NULL,
  time           timestamptz(3) NOT NULL,
  type           text           NOT NULL,
  actor_type     text           NOT NULL,
  actor_id       text           NOT NULL,
  on_behalf_of   text,
  agent_id       text,
  session_id     text,
  action_id      text,
  action_type    text,
  object_type    text,
  object_id      text,
  outcome        text,
  tier           smallint,
  classification text,
  summary        text           NOT NULL,
  leaf_hash      bytea          NOT NULL CHECK (octet_length(leaf_hash) = 32),
  -- RFC 8785 form of the event.
  body           text           NOT NULL,
  search         tsvector       NOT NULL,
  CONSTRAINT events_id_key UNIQUE (workspace_id, id, time),
  CONSTRAINT events_idx_key UNIQUE (workspace_id, idx, time)
) PARTITION BY RANGE (time);

CREATE INDEX events_newest ON events (workspace_id, time DESC, idx DESC);
CREATE INDEX events_search ON events USING gin (workspace_id, search);
CREATE INDEX events_action ON events (workspace_id, action_id, idx) WHERE action_id IS NOT NULL;
CREATE INDEX events_agent ON events (workspace_id, agent_id, time DESC, idx DESC) WHERE agent_id IS NOT NULL;
CREATE INDEX events_session ON events (workspace_id, session_id, idx) WHERE session_id IS NOT NULL;

-- Every size that was signed. A checkpoint names the one it extends, and no two may extend
-- the same one: should two writers ever run, the database refuses the fork.
CREATE TABLE checkpoints (
  workspace_id text           NOT NULL,
  size         bigint         NOT NULL,
  extends      bigint         NOT NULL,
  root         bytea          NOT NULL CHECK (octet_length(root) = 32),
  -- Roots of the perfect subtrees, largest first, 32 bytes each: what appending needs.
  frontier     bytea          NOT NULL,
  -- C2SP signed note.
  note         text           NOT NULL,
  time         timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, size),
  CONSTRAINT checkpoints_no_fork UNIQUE (workspace_id, extends),
  CHECK (extends >= 0 AND extends < size)
);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON events FOR SELECT TO countersign_trail_reader USING (workspace_id = current_workspace());
CREATE POLICY writer ON events TO countersign_trail_writer USING (true) WITH CHECK (true);

ALTER TABLE checkpoints ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON checkpoints FOR SELECT TO countersign_trail_reader USING (workspace_id = current_workspace());
CREATE POLICY writer ON checkpoints TO countersign_trail_writer USING (true) WITH CHECK (true);

-- Makes the partition of the month that holds `day`, unless it is there; true when made.
-- A table is made and then attached, because that does not lock out readers of the others.
CREATE FUNCTION ensure_partition(day date) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
  AS $$
DECLARE
  first date := date_trunc('month', day)::date;
  name text := 'events_' || to_char(date_trunc('month', day), 'YYYYMM');
BEGIN
  IF first < DATE '2000-01-01' OR first > DATE '2200-01-01' THEN
    RAISE EXCEPTION 'no partition is made for %', first USING ERRCODE = 'datetime_field_overflow';
  END IF;
  IF to_regclass(name) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', name);
  -- Reached through their parent, whose policies hold; these are for whoever names one directly.
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO countersign_trail_reader USING (workspace_id = current_workspace())', name);
  EXECUTE format('CREATE POLICY writer ON %I TO countersign_trail_writer USING (true) WITH CHECK (true)', name);
  EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    name, first::timestamptz, (first + interval '1 month')::timestamptz);
  RETURN true;
END $$;

SELECT ensure_partition((date_trunc('month', now()) + make_interval(months => ahead))::date)
  FROM generate_series(-1, 3) AS ahead;

-- Under row-level security the planner may use an index for a condition only where its
-- function is known not to leak what it was given. Matching a text vector does not, but only
-- a superuser may say so; elsewhere search stays right and reads more rows.
DO $$
BEGIN
  ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'ts_match_vq could not be declared leakproof: text search will be slower';
END $$;

REVOKE ALL ON FUNCTION current_workspace(), ensure_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_workspace() TO countersign_trail_writer, countersign_trail_reader;
GRANT EXECUTE ON FUNCTION ensure_partition(date) TO countersign_trail_writer;
GRANT SELECT, INSERT ON events, checkpoints TO countersign_trail_writer;
GRANT SELECT ON events, checkpoints TO countersign_trail_reader;
