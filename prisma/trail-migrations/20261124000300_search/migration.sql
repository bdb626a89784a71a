-- What an event can be narrowed by becomes part of what is indexed of it, as lexemes that no
-- word can be (lib/domains/trail/search/lexemes.ts). Events of before are given theirs.
DROP INDEX events_search;

UPDATE events SET search = search || array_to_tsvector(array_remove(
  ARRAY[
    'workspace=' || CASE WHEN char_length(workspace_id) > 24 THEN right(workspace_id, 16) ELSE workspace_id END,
    'hour=' || to_char(time AT TIME ZONE 'UTC', 'YYYYMMDDHH24'),
    'day=' || to_char(time AT TIME ZONE 'UTC', 'YYYYMMDD'),
    'type=' || type,
    'actor=' || CASE WHEN char_length(actor_id) > 24 THEN right(actor_id, 16) ELSE actor_id END,
    'actor=' || CASE WHEN char_length(on_behalf_of) > 24 THEN right(on_behalf_of, 16) ELSE on_behalf_of END,
    'agent=' || CASE WHEN char_length(agent_id) > 24 THEN right(agent_id, 16) ELSE agent_id END,
    'action_type=' || action_type,
    'outcome=' || outcome,
    'tier=' || tier,
    'classification=' || classification
  ] || (SELECT array_agg('type=' || array_to_string((string_to_array(type, '.'))[1:n], '.') || '.*')
          FROM generate_series(1, array_length(string_to_array(type, '.'), 1) - 1) AS n),
  NULL));

-- Without the workspace: its list would be as long as all it has. Small ones are found by their
-- lexeme. A search reads what waits to be merged into the index row by row, so little may wait.
CREATE INDEX events_search ON events USING gin (search) WITH (gin_pending_list_limit = 512);

-- Which index to use does not depend on how often words occur (search/stretches.ts); counting
-- them makes ANALYZE slow, and looking their counts up makes planning slow.
ALTER TABLE events ALTER COLUMN search SET STATISTICS 0;

CREATE OR REPLACE FUNCTION ensure_partition(day date) RETURNS boolean
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
  EXECUTE format('ALTER TABLE %I ALTER COLUMN search SET STATISTICS 0', name);
  -- Reached through their parent, whose policies hold; these are for whoever names one directly.
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO countersign_trail_reader USING (workspace_id = current_workspace())', name);
  EXECUTE format('CREATE POLICY writer ON %I TO countersign_trail_writer USING (true) WITH CHECK (true)', name);
  EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    name, first::timestamptz, (first + interval '1 month')::timestamptz);
  RETURN true;
END $$;

-- An agent's events are found by its lexeme, or by walking where they are many.
DROP INDEX events_agent;

-- How many events of each kind happened in each hour and each day (UTC), for facets and
-- histograms. Written with the events, so always exact. Only dimensions of few values.
CREATE TABLE event_counts (
  workspace_id text           NOT NULL,
  -- Hours that a row covers: 1 or 24.
  span         smallint       NOT NULL CHECK (span IN (1, 24)),
  at           timestamptz(3) NOT NULL,
  -- `all` (of the value '') counts every event once.
  dim          text           NOT NULL,
  value        text           NOT NULL,
  -- '' where an event has none.
  outcome      text           NOT NULL,
  n            bigint         NOT NULL CHECK (n > 0),
  PRIMARY KEY (workspace_id, span, at, dim, value, outcome)
) WITH (fillfactor = 80);

INSERT INTO event_counts (workspace_id, span, at, dim, value, outcome, n)
SELECT workspace_id, span, at, dim, value, coalesce(outcome, ''), count(*)
  FROM events,
       LATERAL (VALUES (1, date_trunc('hour', time, 'UTC')), (24, date_trunc('day', time, 'UTC'))) AS slot (span, at),
       LATERAL (VALUES ('all', ''), ('type', type), ('agent', agent_id), ('actor', actor_id),
                       ('action_type', action_type), ('tier', tier::text), ('classification', classification)) AS d (dim, value)
 WHERE value IS NOT NULL
 GROUP BY 1, 2, 3, 4, 5, 6;

ALTER TABLE event_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON event_counts FOR SELECT TO countersign_trail_reader USING (workspace_id = current_workspace());
CREATE POLICY writer ON event_counts TO countersign_trail_writer USING (true) WITH CHECK (true);
GRANT SELECT ON event_counts TO countersign_trail_reader;
GRANT SELECT, INSERT, UPDATE ON event_counts TO countersign_trail_writer;
