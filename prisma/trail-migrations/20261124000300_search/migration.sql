-- What an event can be narrowed by becomes part of what is indexed of it, as lexemes that no
-- word can be (lib/domains/trail/search/lexemes.ts). Events of before are given theirs.
DROP INDEX events_search;

UPDATE events SET search = search || array_to_tsvector(array_remove(
  ARRAY[
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

-- A search reads what waits to be merged into the index row by row, so little may wait.
CREATE INDEX events_search ON events USING gin (workspace_id, search) WITH (gin_pending_list_limit = 512);

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
