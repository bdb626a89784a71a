-- What a group commit of the gateway writes, in one statement and so one transaction: new
-- actions with their approvals, outcomes of running actions, and the events of both.
-- Returns the ids of the actions that were really written: one whose idempotency key was
-- already used, or that was no longer running, is left alone together with its events.
CREATE FUNCTION gateway_record(tenant text, new_actions json, new_approvals json, outcomes json, events json)
  RETURNS text[] LANGUAGE plpgsql
  SET search_path = public
  -- Rows are found by their keys. A plan made while the table was small and kept for the
  -- connection's life must not read all of it once it is large.
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
  AS $$
DECLARE
  added text[] := '{}';
  ended text[] := '{}';
BEGIN
  PERFORM set_config('countersign.workspace', tenant, true);

  IF new_actions IS NOT NULL THEN
    WITH inserted AS (
      INSERT INTO actions SELECT * FROM json_populate_recordset(NULL::actions, new_actions)
      ON CONFLICT (workspace_id, agent_id, idempotency_key) DO NOTHING
      RETURNING id
    ) SELECT coalesce(array_agg(id), '{}') INTO added FROM inserted;
  END IF;

  IF new_approvals IS NOT NULL THEN
    INSERT INTO approvals (action_id, workspace_id, display, display_digest, requested_at, expires_at)
    SELECT a.action_id, tenant, a.display, a.display_digest, a.requested_at, a.expires_at
    FROM json_populate_recordset(NULL::approvals, new_approvals) AS a
    WHERE a.action_id = ANY (added);
  END IF;

  IF outcomes IS NOT NULL THEN
    WITH changed AS (
      UPDATE actions a
      SET status = o.status, result = o.result, error = o.error, finished_at = o.finished_at
      FROM json_populate_recordset(NULL::actions, outcomes) AS o
      WHERE a.id = o.id AND a.status = 'running'
      RETURNING a.id
    ) SELECT coalesce(array_agg(id), '{}') INTO ended FROM changed;
  END IF;

  -- An event belongs to the action it names in "of", or stands alone.
  INSERT INTO outbox (id, workspace_id, event)
  SELECT e.id, tenant, e.event
  FROM json_to_recordset(events) AS e(id text, "of" text, event jsonb)
  WHERE e."of" IS NULL OR e."of" = ANY (added) OR e."of" = ANY (ended);

  RETURN added || ended;
END $$;

REVOKE ALL ON FUNCTION gateway_record(text, json, json, json, json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gateway_record(text, json, json, json, json) TO countersign_gateway, countersign_app;
