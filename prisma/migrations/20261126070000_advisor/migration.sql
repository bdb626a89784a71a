CREATE TABLE "advisor_looks" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "days" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT NOT NULL DEFAULT '',
    "since" TIMESTAMPTZ(3),
    "actions" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 0,
    "started_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "advisor_looks_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "advisor_looks_workspace_id_created_at_idx" ON "advisor_looks"("workspace_id", "created_at");

CREATE TABLE "advisor_findings" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "look_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "role_id" TEXT,
    "agent_id" TEXT,
    "weight" INTEGER NOT NULL,
    "detail" JSONB NOT NULL,
    CONSTRAINT "advisor_findings_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "advisor_findings_look_id_fkey" FOREIGN KEY ("look_id") REFERENCES "advisor_looks"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "advisor_findings_workspace_id_look_id_weight_id_idx" ON "advisor_findings"("workspace_id", "look_id", "weight", "id");
CREATE INDEX "advisor_findings_workspace_id_agent_id_idx" ON "advisor_findings"("workspace_id", "agent_id");

CREATE TABLE "advisor_dismissals" (
    "workspace_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "dismissed_by" TEXT NOT NULL,
    "dismissed_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "advisor_dismissals_pkey" PRIMARY KEY ("workspace_id","key")
);

CREATE TABLE "explanations" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "question" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "result" JSONB,
    "error" TEXT NOT NULL DEFAULT '',
    "asked_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    CONSTRAINT "explanations_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "explanations_workspace_id_created_at_idx" ON "explanations"("workspace_id", "created_at");

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['advisor_looks', 'advisor_findings', 'advisor_dismissals', 'explanations'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenant_table);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON advisor_looks TO countersign_app;
-- The findings of the look before make room for those of the next.
GRANT SELECT, INSERT, DELETE ON advisor_findings TO countersign_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON advisor_dismissals TO countersign_app;
-- What was asked is in the trail; the answer is forgotten after a day.
GRANT SELECT, INSERT, UPDATE, DELETE ON explanations TO countersign_app;
