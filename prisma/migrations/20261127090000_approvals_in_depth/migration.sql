ALTER TABLE "approvals"
  ADD COLUMN "needs" JSONB NOT NULL DEFAULT '[{"group":null,"count":1,"escalation":[]}]',
  ADD COLUMN "route_id" TEXT,
  ADD COLUMN "signing" TEXT NOT NULL DEFAULT 'session',
  ADD COLUMN "narrowed" JSONB,
  ADD COLUMN "narrowed_digest" TEXT,
  ADD COLUMN "broke_glass" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "action_types"
  ADD COLUMN "signing" TEXT,
  ADD COLUMN "narrowable" TEXT[] DEFAULT ARRAY[]::TEXT[];

CREATE TABLE "approval_signatures" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "action_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "in_place_of" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "places" INTEGER[],
    "digest" TEXT NOT NULL,
    "display_digest" TEXT NOT NULL,
    "auth_method" TEXT NOT NULL,
    "signing" TEXT NOT NULL DEFAULT 'session',
    "assertion" JSONB,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "approval_signatures_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "approval_signatures_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "approvals"("action_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "approval_signatures_workspace_id_action_id_idx" ON "approval_signatures"("workspace_id", "action_id");
CREATE INDEX "approval_signatures_workspace_id_member_id_signed_at_idx" ON "approval_signatures"("workspace_id", "member_id", "signed_at");

CREATE TABLE "approval_notices" (
    "action_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "approval_notices_pkey" PRIMARY KEY ("action_id","kind"),
    CONSTRAINT "approval_notices_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "approvals"("action_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "approver_groups" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "approver_groups_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "approver_groups_workspace_id_name_key" ON "approver_groups"("workspace_id", "name");

CREATE TABLE "approver_group_members" (
    "group_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    CONSTRAINT "approver_group_members_pkey" PRIMARY KEY ("group_id","member_id"),
    CONSTRAINT "approver_group_members_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "approver_groups"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "approver_group_members_workspace_id_member_id_idx" ON "approver_group_members"("workspace_id", "member_id");

CREATE TABLE "approval_routes" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "fits" JSONB NOT NULL,
    "needs" JSONB NOT NULL,
    "wait_minutes" INTEGER,
    "signing" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "approval_routes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "approval_routes_workspace_id_position_idx" ON "approval_routes"("workspace_id", "position");

CREATE TABLE "approval_delegations" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "from_id" TEXT NOT NULL,
    "to_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "approval_delegations_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "approval_delegations_workspace_id_ends_at_idx" ON "approval_delegations"("workspace_id", "ends_at");

CREATE TABLE "approval_questions" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "action_id" TEXT NOT NULL,
    "question" TEXT NOT NULL,
    "asked_by" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "answer" TEXT,
    "answered_at" TIMESTAMPTZ(3),
    CONSTRAINT "approval_questions_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "approval_questions_workspace_id_action_id_asked_at_idx" ON "approval_questions"("workspace_id", "action_id", "asked_at");

DO $$
DECLARE
  tenanted text;
BEGIN
  FOREACH tenanted IN ARRAY ARRAY[
    'approval_signatures', 'approval_notices', 'approver_groups', 'approver_group_members',
    'approval_routes', 'approval_delegations', 'approval_questions'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenanted);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenanted);
  END LOOP;
END $$;

-- What was approved before has the signature that approved it, so that what waits to run may run.
INSERT INTO approval_signatures (id, workspace_id, action_id, member_id, in_place_of, decision, reason, places, digest, display_digest, auth_method, signed_at)
SELECT 'sgn_' || substr(p.action_id, 5), p.workspace_id, p.action_id, p.decided_by, p.decided_by, p.decision, coalesce(p.reason, ''), '{0}',
  a.digest, p.display_digest, coalesce(p.auth_method, ''), p.decided_at
FROM approvals p JOIN actions a ON a.id = p.action_id
WHERE p.decision IS NOT NULL AND p.decided_by IS NOT NULL AND p.decided_at IS NOT NULL;

-- A signature is never changed and never taken back.
GRANT SELECT, INSERT ON approval_signatures, approval_notices TO countersign_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON approver_groups, approver_group_members, approval_routes TO countersign_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON approval_delegations TO countersign_app;
GRANT SELECT, INSERT ON approval_questions TO countersign_app;
GRANT SELECT ON approval_routes TO countersign_gateway;
-- An agent's answer becomes part of what approvers are shown, which voids what was signed before.
GRANT SELECT, UPDATE (answer, answered_at) ON approval_questions TO countersign_gateway;
GRANT UPDATE (display, display_digest) ON approvals TO countersign_gateway;

CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON approval_routes FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON approver_groups FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT OR DELETE ON approver_group_members FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON approval_delegations FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT ON approval_signatures FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON approval_questions FOR EACH ROW EXECUTE FUNCTION announce_change();

-- As before, and with whose signatures a held action needs.
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
    INSERT INTO public.approvals
      (action_id, workspace_id, display, display_digest, needs, route_id, signing, requested_at, expires_at)
    SELECT a.action_id, tenant, a.display, a.display_digest, a.needs, a.route_id, a.signing, a.requested_at, a.expires_at
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
