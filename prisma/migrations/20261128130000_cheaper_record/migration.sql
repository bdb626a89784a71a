-- As before, but outcomes and events come as one array a column, in the server's binary form: a
-- text of texts was taken apart and unescaped for each of them.
DROP FUNCTION gateway_record(text, json, json, json, json);

CREATE FUNCTION gateway_record(
    tenant text, new_actions json, new_approvals json,
    ended_ids text[], ended_statuses text[], ended_results text[], ended_errors text[], ended_at text[],
    event_ids text[], event_actions text[], event_texts text[])
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
    INSERT INTO public.approvals
      (action_id, workspace_id, display, display_digest, needs, route_id, signing, requested_at, expires_at)
    SELECT a.action_id, tenant, a.display, a.display_digest, a.needs, a.route_id, a.signing, a.requested_at, a.expires_at
    FROM json_populate_recordset(NULL::public.approvals, new_approvals) AS a
    WHERE a.action_id = ANY (added);
  END IF;

  -- One at a time, each found by its key: as a join it would be planned once for the
  -- connection's life, and from what was known of a small table read all of a large one.
  -- coalesce() keeps the index of running actions out of it, full of those that have ended.
  IF ended_ids IS NOT NULL THEN
    FOR o IN
      SELECT * FROM unnest(ended_ids, ended_statuses, ended_results, ended_errors, ended_at) AS r(id, status, result, error, at)
    LOOP
      UPDATE public.actions a
      SET status = o.status, result = o.result::json, error = o.error::json, finished_at = o.at::timestamptz
      WHERE a.id = o.id AND coalesce(a.status, '') = 'running';
      IF FOUND THEN ended := ended || o.id; END IF;
    END LOOP;
  END IF;

  -- An event belongs to the action that is named beside it, or stands alone.
  INSERT INTO public.outbox (id, workspace_id, event)
  SELECT e.id, tenant, e.text::jsonb
  FROM unnest(event_ids, event_actions, event_texts) AS e(id, action, text)
  WHERE e.action IS NULL OR e.action = ANY (added) OR e.action = ANY (ended);

  RETURN added || ended;
END $$;
REVOKE ALL ON FUNCTION gateway_record(text, json, json, text[], text[], text[], text[], text[], text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gateway_record(text, json, json, text[], text[], text[], text[], text[], text[], text[], text[]) TO countersign_gateway, countersign_app;
