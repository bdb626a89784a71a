-- An event waits in the outbox as the text it was made as, and not as jsonb, which was made of
-- the text for every event and turned into text again for the sequencer, and cost an eighth of
-- a commit. Who makes an event refuses what jsonb refused.
ALTER TABLE outbox ALTER COLUMN event TYPE text USING event::text;

CREATE OR REPLACE FUNCTION gateway_record(
    tenant text, new_actions json, new_approvals json,
    ended_ids text[], ended_places text[], ended_statuses text[], ended_results text[], ended_errors text[], ended_at text[],
    event_ids text[], event_actions text[], event_texts text[],
    OUT written json, OUT running json)
  LANGUAGE plpgsql
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
      RETURNING id, status, ctid
    ) SELECT coalesce(array_agg(id), '{}'), json_object_agg(id, ctid) FILTER (WHERE status = 'running')
      INTO added, running FROM inserted;
  END IF;

  IF new_approvals IS NOT NULL THEN
    INSERT INTO public.approvals
      (action_id, workspace_id, display, display_digest, needs, route_id, signing, requested_at, expires_at)
    SELECT a.action_id, tenant, a.display, a.display_digest, a.needs, a.route_id, a.signing, a.requested_at, a.expires_at
    FROM json_populate_recordset(NULL::public.approvals, new_approvals) AS a
    WHERE a.action_id = ANY (added);
  END IF;

  IF ended_ids IS NOT NULL THEN
    IF ended_places IS NOT NULL THEN
      ended := public.gateway_end(ended_ids, ended_places, ended_statuses, ended_results, ended_errors, ended_at);
    END IF;
    -- What another process recorded, or lies elsewhere by now: one at a time, found by its key.
    -- coalesce() keeps the index of running actions out of it, full of those that have ended.
    IF cardinality(ended) < cardinality(ended_ids) THEN
      FOR o IN
        SELECT * FROM unnest(ended_ids, ended_statuses, ended_results, ended_errors, ended_at) AS r(id, status, result, error, at)
        WHERE r.id <> ALL (ended)
      LOOP
        UPDATE public.actions a
        SET status = o.status, result = o.result::json, error = o.error::json, finished_at = o.at::timestamptz
        WHERE a.id = o.id AND coalesce(a.status, '') = 'running';
        IF FOUND THEN ended := ended || o.id; END IF;
      END LOOP;
    END IF;
  END IF;

  -- An event belongs to the action that is named beside it, or stands alone.
  INSERT INTO public.outbox (id, workspace_id, event)
  SELECT e.id, tenant, e.text
  FROM unnest(event_ids, event_actions, event_texts) AS e(id, action, text)
  WHERE e.action IS NULL OR e.action = ANY (added) OR e.action = ANY (ended);

  written := to_json(added || ended);
END $$;
