-- What hangs on an action is found by the action's id alone, which says the workspace too: a
-- foreign key asks so for every row that goes.
DROP INDEX "approval_signatures_workspace_id_action_id_idx";
CREATE INDEX "approval_signatures_action_id_idx" ON "approval_signatures"("action_id");
DROP INDEX "approval_questions_workspace_id_action_id_asked_at_idx";
CREATE INDEX "approval_questions_action_id_asked_at_idx" ON "approval_questions"("action_id", "asked_at");
DROP INDEX "approval_openings_workspace_id_action_id_member_id_idx";
CREATE INDEX "approval_openings_action_id_member_id_idx" ON "approval_openings"("action_id", "member_id");

-- Removes, with everything that hangs on them, at most so many of the actions that were created
-- after `passed` (a time and an id) and before `created_before`, and ended before `ended_before`;
-- says how many, and which was created last. No login role may delete these rows: this is the
-- only way, and it removes nothing that is of another workspace, has not ended, or ended within
-- the retention of decisions. Whether a legal hold needs them is the caller's to know.
CREATE FUNCTION expire_actions(
    passed timestamptz, passed_id text, created_before timestamptz, ended_before timestamptz, most integer,
    OUT removed integer, OUT last_at timestamptz, OUT last_id text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
  AS $$
DECLARE
  tenant text := current_workspace();
  months integer;
  ids text[];
  sampled text[];
  requests text[];
BEGIN
  IF tenant IS NULL THEN
    RAISE EXCEPTION 'no workspace is set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- DEFAULT_MONTHS of lib/domains/trail/retention/classes.ts, as the table's own default.
  months := coalesce((SELECT r.decisions FROM trail_retention r WHERE r.workspace_id = tenant), 84);
  IF ended_before > date_trunc('month', now()) - make_interval(months => months) THEN
    RAISE EXCEPTION 'what ended until % is within the retention of % months', ended_before, months
      USING ERRCODE = 'insufficient_privilege';
  END IF;

  -- What somebody else is at is left to the next run: nobody waits for the other crosswise.
  SELECT coalesce(array_agg(found.id ORDER BY found.created_at, found.id), '{}'), max(found.created_at)
    INTO ids, last_at
    FROM (SELECT a.id, a.created_at FROM actions a
           WHERE a.workspace_id = tenant AND a.created_at >= passed AND a.created_at < created_before
             AND (a.created_at > passed OR a.id > passed_id)
             AND a.status NOT IN ('pending', 'approved', 'running')
             AND coalesce(a.finished_at, a.created_at) < ended_before
           ORDER BY a.created_at, a.id LIMIT most FOR UPDATE SKIP LOCKED) AS found;
  removed := cardinality(ids);
  last_id := ids[removed];
  IF removed = 0 THEN
    RETURN;
  END IF;
  -- Nothing is hung on them from here on.
  PERFORM FROM approvals WHERE action_id = ANY (ids) ORDER BY action_id FOR UPDATE;
  sampled := ARRAY(SELECT id FROM samples WHERE action_id = ANY (ids) ORDER BY id FOR UPDATE);

  DELETE FROM review_follow_ups WHERE workspace_id = tenant
    AND finding_id = ANY (ARRAY(SELECT id FROM review_findings WHERE sample_id = ANY (sampled)));
  DELETE FROM review_findings WHERE sample_id = ANY (sampled);
  DELETE FROM sample_reviews WHERE sample_id = ANY (sampled);
  DELETE FROM samples WHERE id = ANY (sampled);

  DELETE FROM planted_requests WHERE action_id = ANY (ids);
  DELETE FROM approval_openings WHERE action_id = ANY (ids);
  DELETE FROM approval_questions WHERE action_id = ANY (ids);
  DELETE FROM approval_notices WHERE action_id = ANY (ids);
  DELETE FROM approval_signatures WHERE action_id = ANY (ids);
  DELETE FROM approvals WHERE action_id = ANY (ids);
  -- A grant ends a day after it was made at the latest, and was made before the action had ended.
  DELETE FROM approval_grants WHERE workspace_id = tenant AND made_from = ANY (ids);

  WITH gone AS (DELETE FROM access_request_items WHERE action_id = ANY (ids) RETURNING request_id)
    SELECT array_agg(DISTINCT request_id) INTO requests FROM gone;
  DELETE FROM access_requests r WHERE r.id = ANY (requests)
    AND NOT EXISTS (SELECT FROM access_request_items i WHERE i.request_id = r.id);

  DELETE FROM notifications WHERE workspace_id = tenant AND action_id = ANY (ids);
  DELETE FROM notification_waits WHERE action_id = ANY (ids);
  DELETE FROM trail_unblanked WHERE workspace_id = tenant AND action_id = ANY (ids);
  -- What a replay counted stays; the actions that it shows go. It looked back a year at most.
  UPDATE policy_replays r
     SET result = jsonb_set(r.result, '{examples}', coalesce(
           (SELECT jsonb_agg(e.example ORDER BY e.place)
              FROM jsonb_array_elements(r.result -> 'examples') WITH ORDINALITY AS e (example, place)
             WHERE e.example ->> 'action' <> ALL (ids)), '[]'))
   WHERE r.workspace_id = tenant AND r.created_at >= passed AND r.created_at < last_at + interval '366 days'
     AND EXISTS (
       SELECT FROM jsonb_array_elements(r.result -> 'examples') AS e (example)
        WHERE e.example ->> 'action' = ANY (ids));

  DELETE FROM actions a WHERE a.id = ANY (ids);
END $$;
REVOKE ALL ON FUNCTION expire_actions(timestamptz, text, timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_actions(timestamptz, text, timestamptz, timestamptz, integer) TO countersign_app;
