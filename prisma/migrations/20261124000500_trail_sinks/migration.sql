-- Where a workspace's trail is delivered to as it grows, and how far each has come.
CREATE TABLE trail_sinks (
  id              text           NOT NULL PRIMARY KEY,
  workspace_id    text           NOT NULL,
  name            text           NOT NULL,
  kind            text           NOT NULL CHECK (kind IN ('webhook', 'syslog', 'bucket')),
  format          text           NOT NULL,
  -- The address and what belongs to it; never a secret.
  target          jsonb          NOT NULL,
  -- Sealed under the workspace's data key, bound to the id; gone once retired.
  secret          bytea,
  previous_secret bytea,
  previous_until  timestamptz(3),
  state           text           NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'retired')),
  -- Why it is paused, when nobody did it.
  reason          text           NOT NULL DEFAULT '',
  -- Index of the next event to deliver, and the end of the batch under way, which stays the
  -- same however often that is tried.
  position        bigint         NOT NULL CHECK (position >= 0),
  pending_end     bigint,
  delivered       bigint         NOT NULL DEFAULT 0,
  delivered_at    timestamptz(3),
  -- Events by minute, newest last: [[epoch minute, events], …]
  recent          jsonb          NOT NULL DEFAULT '[]',
  attempts        integer        NOT NULL DEFAULT 0,
  failing_since   timestamptz(3),
  error           text,
  alerted_at      timestamptz(3),
  next_try_at     timestamptz(3) NOT NULL DEFAULT now(),
  -- One process at a time delivers to it, so that the order is kept.
  lease_owner     text,
  lease_until     timestamptz(3),
  created_by      text           NOT NULL,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  updated_at      timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX trail_sinks_workspace_id_created_at_id_idx ON trail_sinks (workspace_id, created_at, id);
-- A retired one's name is free again.
CREATE UNIQUE INDEX trail_sinks_name ON trail_sinks (workspace_id, name) WHERE state <> 'retired';

-- Each stretch of failing, from the first failure to the next success or change by a person.
CREATE TABLE trail_sink_failures (
  id           text           NOT NULL PRIMARY KEY,
  workspace_id text           NOT NULL,
  sink_id      text           NOT NULL REFERENCES trail_sinks (id),
  began_at     timestamptz(3) NOT NULL,
  ended_at     timestamptz(3),
  attempts     integer        NOT NULL DEFAULT 1,
  -- Index that could not be passed.
  position     bigint         NOT NULL,
  error        text           NOT NULL
);
CREATE INDEX trail_sink_failures_workspace_id_sink_id_began_at_id_idx
  ON trail_sink_failures (workspace_id, sink_id, began_at, id);

ALTER TABLE trail_sinks ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_sinks USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
ALTER TABLE trail_sink_failures ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_sink_failures USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE ON trail_sinks, trail_sink_failures TO countersign_app;

-- What some process should deliver to now, in whichever workspace.
CREATE FUNCTION trail_sinks_due() RETURNS TABLE (workspace_id text, sink_id text, next_index bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT workspace_id, id, position FROM trail_sinks
     WHERE state = 'active' AND next_try_at <= now() AND (lease_until IS NULL OR lease_until < now())
     ORDER BY next_try_at
  $$;
REVOKE ALL ON FUNCTION trail_sinks_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trail_sinks_due() TO countersign_app;
