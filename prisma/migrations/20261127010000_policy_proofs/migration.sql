CREATE TABLE "policy_proofs" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "draft_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT NOT NULL DEFAULT '',
    "started_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "policy_proofs_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "policy_proofs_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "policy_drafts"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "policy_proofs_workspace_id_draft_id_created_at_idx" ON "policy_proofs"("workspace_id", "draft_id", "created_at");

ALTER TABLE policy_proofs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON policy_proofs USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE ON policy_proofs TO countersign_app;
