-- A held action that was planted: nobody proposed it, and it never runs.
ALTER TABLE "actions" ADD COLUMN "planted" BOOLEAN;
-- Whatever a program does, it gets no further than its wait.
ALTER TABLE "actions" ADD CONSTRAINT "actions_planted_never_run"
  CHECK (planted IS NOT TRUE OR status IN ('pending', 'expired', 'cancelled'));

-- It is there for nobody who does not ask for it by name: no agent, no count, no history, no
-- sample, no executor. Approvals ask, for what they show and decide; the gateway cannot.
CREATE POLICY planted_apart ON actions AS RESTRICTIVE TO countersign_app
  USING (planted IS NOT TRUE OR current_setting('countersign.planted', true) = 'on')
  WITH CHECK (planted IS NOT TRUE OR current_setting('countersign.planted', true) = 'on');
CREATE POLICY planted_never ON actions AS RESTRICTIVE TO countersign_gateway
  USING (planted IS NOT TRUE) WITH CHECK (planted IS NOT TRUE);

-- What is wrong with it, the salt of its commitment, and how it ended.
CREATE TABLE "planted_requests" (
    "action_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "wrong" JSONB NOT NULL,
    "source_id" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "commitment" TEXT NOT NULL,
    "planted_by" TEXT,
    "planted_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "answer" TEXT,
    "decided_by" TEXT,
    "counted" BOOLEAN,
    "revealed_at" TIMESTAMPTZ(3),
    CONSTRAINT "planted_requests_pkey" PRIMARY KEY ("action_id"),
    CONSTRAINT "planted_requests_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "approvals"("action_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "planted_requests_workspace_id_revealed_at_idx" ON "planted_requests"("workspace_id", "revealed_at");

-- Up to when a workspace's held actions were drawn for, and why nothing was planted last.
CREATE TABLE "planted_looks" (
    "workspace_id" TEXT NOT NULL,
    "looked_at" TIMESTAMPTZ(3) NOT NULL,
    "nothing" TEXT,
    "nothing_at" TIMESTAMPTZ(3),
    CONSTRAINT "planted_looks_pkey" PRIMARY KEY ("workspace_id")
);

-- Approvers whose signature takes one more beside it, since they approved what was planted.
CREATE TABLE "approver_raises" (
    "member_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "missed_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "caught" INTEGER NOT NULL DEFAULT 0,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "approver_raises_pkey" PRIMARY KEY ("workspace_id", "member_id")
);

-- How many signatures of others it takes beside it, said when it was made.
ALTER TABLE "approval_signatures" ADD COLUMN "extra" INTEGER NOT NULL DEFAULT 0;

DO $$
DECLARE
  tenanted text;
BEGIN
  FOREACH tenanted IN ARRAY ARRAY['planted_requests', 'planted_looks', 'approver_raises'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenanted);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenanted);
  END LOOP;
END $$;
-- The commitment is said once: its end is added, and what was wrong can be erased.
GRANT SELECT, INSERT, UPDATE (wrong, outcome, answer, decided_by, counted, revealed_at) ON planted_requests TO countersign_app;
GRANT SELECT, INSERT, UPDATE ON planted_looks, approver_raises TO countersign_app;
-- That it was planted and nothing else, to let none of them through to another gateway either.
GRANT SELECT (action_id, workspace_id) ON planted_requests TO countersign_gateway;

CREATE TRIGGER announce AFTER INSERT OR UPDATE ON approver_raises FOR EACH ROW EXECUTE FUNCTION announce_change();

-- As before, and with the mark in it, so that what waits is counted without reading its rows.
DROP INDEX actions_queue;
CREATE INDEX actions_queue ON actions (workspace_id, created_at, id) INCLUDE (planted) WHERE status = 'pending';
