CREATE TABLE "policy_versions" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "changes" JSONB NOT NULL,
    "why" TEXT NOT NULL DEFAULT '',
    "origin" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "policy_versions_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "policy_versions_workspace_id_number_key" ON "policy_versions"("workspace_id", "number");

CREATE TABLE "policy_drafts" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "why" TEXT NOT NULL DEFAULT '',
    "base" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "published_by" TEXT,
    "published_as" INTEGER,
    "settled_at" TIMESTAMPTZ(3),
    CONSTRAINT "policy_drafts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "policy_drafts_workspace_id_state_created_at_idx" ON "policy_drafts"("workspace_id", "state", "created_at");

CREATE TABLE "policy_replays" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "draft_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "days" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT NOT NULL DEFAULT '',
    "started_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "policy_replays_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "policy_replays_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "policy_drafts"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "policy_replays_workspace_id_draft_id_created_at_idx" ON "policy_replays"("workspace_id", "draft_id", "created_at");

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['policy_versions', 'policy_drafts', 'policy_replays'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenant_table);
  END LOOP;
END $$;
-- A version is never changed.
GRANT SELECT, INSERT ON policy_versions TO countersign_app;
GRANT SELECT, INSERT, UPDATE ON policy_drafts, policy_replays TO countersign_app;
