-- A review comes after its action, and what it found may be followed up much later: the action stays
-- until that is past too, and a reviewer's words can be held against what the trail has of them.
-- Removes, with everything that hangs on them, at most so many of the actions that were created
-- after `passed` (a time and an id) and before `created_before`, and ended before `ended_before`;
-- says how many, and which was created last. No login role may delete these rows: this is the
-- only way, and it removes nothing that is of another workspace, has not ended, ended within the
-- retention of decisions, was reviewed within it, or has a finding that is open. Whether a legal hold needs them is the caller's to know.
CREATE OR REPLACE FUNCTION expire_actions(
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
             AND NOT EXISTS (
               SELECT FROM samples s LEFT JOIN review_findings f ON f.sample_id = s.id
                WHERE s.action_id = a.id
                  AND (f.status = 'open' OR f.closed_at >= ended_before OR s.reviewed_at >= ended_before
                    OR EXISTS (SELECT FROM sample_reviews r
                                WHERE r.sample_id = s.id AND r.reviewed_at >= ended_before)
                    OR EXISTS (SELECT FROM review_follow_ups u
                                WHERE u.finding_id = f.id AND u.done_at >= ended_before)))
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
