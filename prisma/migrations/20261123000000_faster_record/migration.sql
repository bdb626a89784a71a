-- What the gateway has checked and only stores and reads back whole is json: jsonb would take
-- it apart and put it together again for nothing. An event stays jsonb, which refuses what
-- the trail could not keep (a NUL, half a surrogate pair) in the deed's own transaction.
ALTER TABLE "actions"
  ALTER COLUMN "parameters" TYPE JSON,
  ALTER COLUMN "evidence" TYPE JSON,
  ALTER COLUMN "untrusted" TYPE JSON,
  ALTER COLUMN "reasons" TYPE JSON,
  ALTER COLUMN "result" TYPE JSON,
  ALTER COLUMN "error" TYPE JSON;

-- What a group commit of the gateway writes, in one statement and so one transaction: new
-- actions with their approvals, outcomes of running actions, and the events of both.
-- Returns the ids of the actions that were really written: one whose idempotency key was
-- already used, or that was no longer running, is left alone together with its events.
CREATE OR REPLACE FUNCTION gateway_record(tenant text, new_actions json, new_approvals json, outcomes json, events json)
  RETURNS text[] LANGUAGE plpgsql
  AS $$
DECLARE
  added text[] := '{}';
  ended text[] := '{}';
  o record;
BEGIN
  PERFORM set_config('countersign.workspace', tenant, true);

  IF new_actions IS NOT NULL THEN
    WITH inserted AS (
      INSERT INTO public.actions SELECT * FROM json_populate_recordset(NULL::public.actions, new_actions)
      ON CONFLICT (agent_id, idempotency_key) DO NOTHING
      RETURNING id
    ) SELECT coalesce(array_agg(id), '{}') INTO added FROM inserted;
  END IF;

  IF new_approvals IS NOT NULL THEN
    INSERT INTO public.approvals (action_id, workspace_id, display, display_digest, requested_at, expires_at)
    SELECT a.action_id, tenant, a.display, a.display_digest, a.requested_at, a.expires_at
    FROM json_populate_recordset(NULL::public.approvals, new_approvals) AS a
    WHERE a.action_id = ANY (added);
  END IF;

  -- One at a time, each found by its key: as a join it would be planned once for the
  -- connection's life, and from what was known of a small table read all of a large one.
  -- coalesce() keeps the index of running actions out of it, full of those that have ended.
  IF outcomes IS NOT NULL THEN
    FOR o IN
      SELECT * FROM json_to_recordset(outcomes) AS r(id text, status text, result json, error json, finished_at timestamptz)
    LOOP
      UPDATE public.actions a
      SET status = o.status, result = o.result, error = o.error, finished_at = o.finished_at
      WHERE a.id = o.id AND coalesce(a.status, '') = 'running';
      IF FOUND THEN ended := ended || o.id; END IF;
    END LOOP;
  END IF;

  -- An event belongs to the action it names in "of", or stands alone.
  INSERT INTO public.outbox (id, workspace_id, event)
  SELECT e.id, tenant, e.event
  FROM json_to_recordset(events) AS e(id text, "of" text, event jsonb)
  WHERE e."of" IS NULL OR e."of" = ANY (added) OR e."of" = ANY (ended);

  RETURN added || ended;
END $$;
ALTER FUNCTION gateway_record(text, json, json, json, json) RESET ALL;

-- An index that nothing reads slows every commit.
DROP INDEX "actions_workspace_id_agent_id_created_at_idx";
DROP INDEX "actions_workspace_id_created_at_id_idx";
CREATE INDEX "actions_workspace_id_created_at_idx" ON "actions"("workspace_id", "created_at");
-- An agent is of one workspace, so its id says which.
CREATE UNIQUE INDEX "actions_agent_id_idempotency_key_key" ON "actions"("agent_id", "idempotency_key");
DROP INDEX "actions_workspace_id_agent_id_idempotency_key_key";
-- The sequencer takes rows away by their seq; the trail itself has each event once.
DROP INDEX "outbox_id_key";
