-- When a member opened the card of a held action, or decided it in a batch without.
CREATE TABLE "approval_openings" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "action_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "batch_id" TEXT,
    CONSTRAINT "approval_openings_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "approval_openings_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "approvals"("action_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "approval_openings_workspace_id_action_id_member_id_idx" ON "approval_openings"("workspace_id", "action_id", "member_id");

-- That a member's way of approving was announced on this day, so that it is announced once.
CREATE TABLE "approver_alerts" (
    "member_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "detail" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "approver_alerts_pkey" PRIMARY KEY ("workspace_id", "member_id", "kind", "day")
);

DO $$
DECLARE
  tenanted text;
BEGIN
  FOREACH tenanted IN ARRAY ARRAY['approval_openings', 'approver_alerts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenanted);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenanted);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON approval_openings, approver_alerts TO countersign_app;
-- Signatures of a time, whoever's: what load and health are computed from.
CREATE INDEX "approval_signatures_workspace_id_signed_at_idx" ON "approval_signatures"("workspace_id", "signed_at");
