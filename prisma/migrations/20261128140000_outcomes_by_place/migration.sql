-- As before, but a new action that runs is told of with the place of its row (ctid), and an
-- outcome that comes with a place is written there: all of them with one statement, which cost
-- as much as the rest of a commit when each had its own.
DROP FUNCTION gateway_record(text, json, json, text[], text[], text[], text[], text[], text[], text[], text[]);

-- The ids of those that it ended. Each place is looked at by itself whatever is known of the
-- table: with the other ways open, a plan made while the table is small is kept for a large one.
CREATE FUNCTION gateway_end(ids text[], places text[], statuses text[], results text[], errors text[], times text[])
  RETURNS text[] LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_indexscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan
  AS $$
DECLARE
  ended text[];
BEGIN
  -- Another row may lie there by now, so the id is compared as well.
  WITH done AS (
    UPDATE public.actions a
    SET status = o.status, result = o.result::json, error = o.error::json, finished_at = o.at::timestamptz
    FROM unnest(ids, places::tid[], statuses, results, errors, times) AS o(id, place, status, result, error, at)
    WHERE a.ctid = o.place AND a.id = o.id AND a.status = 'running'
    RETURNING a.id
  ) SELECT coalesce(array_agg(id), '{}') INTO ended FROM done;
  RETURN ended;
END $$;

CREATE FUNCTION gateway_record(
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
  SELECT e.id, tenant, e.text::jsonb
  FROM unnest(event_ids, event_actions, event_texts) AS e(id, action, text)
  WHERE e.action IS NULL OR e.action = ANY (added) OR e.action = ANY (ended);

  written := to_json(added || ended);
END $$;
REVOKE ALL ON FUNCTION gateway_end(text[], text[], text[], text[], text[], text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION gateway_record(text, json, json, text[], text[], text[], text[], text[], text[], text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gateway_end(text[], text[], text[], text[], text[], text[]) TO countersign_gateway, countersign_app;
GRANT EXECUTE ON FUNCTION gateway_record(text, json, json, text[], text[], text[], text[], text[], text[], text[], text[], text[]) TO countersign_gateway, countersign_app;
