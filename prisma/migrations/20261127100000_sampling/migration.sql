-- A day is closed before it is drawn from, so what the draw says comes later.
ALTER TABLE sample_days
  ALTER COLUMN "population" DROP NOT NULL,
  ALTER COLUMN "size" DROP NOT NULL,
  ALTER COLUMN "drawn_at" DROP NOT NULL,
  ALTER COLUMN "drawn_at" DROP DEFAULT,
  ADD COLUMN "closed_by" TEXT,
  ADD COLUMN "closed_at" TIMESTAMPTZ(3),
  ADD COLUMN "from_at" TIMESTAMPTZ(3),
  ADD COLUMN "to_at" TIMESTAMPTZ(3),
  ADD COLUMN "previous" DATE,
  ADD COLUMN "setting" JSONB,
  ADD COLUMN "closed_index" BIGINT,
  ADD COLUMN "checkpoint" BIGINT,
  ADD COLUMN "late" INTEGER;
GRANT UPDATE ON sample_days TO countersign_app;

ALTER TABLE samples
  ADD COLUMN "late" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "wanted" INTEGER NOT NULL DEFAULT 1 CHECK (wanted IN (1, 2)),
  ADD COLUMN "excluded" TEXT[] NOT NULL DEFAULT '{}',
  ADD COLUMN "escalated_at" TIMESTAMPTZ(3);

CREATE TABLE "sample_reviews" (
    "sample_id" TEXT NOT NULL,
    "place" INTEGER NOT NULL CHECK (place IN (1, 2)),
    "workspace_id" TEXT NOT NULL,
    "assigned_to" TEXT,
    "verdict" TEXT,
    "reason" TEXT,
    "note" TEXT NOT NULL DEFAULT '',
    "nonce" TEXT NOT NULL DEFAULT '',
    "reviewed_by" TEXT,
    "reviewed_at" TIMESTAMPTZ(3),
    CONSTRAINT "sample_reviews_pkey" PRIMARY KEY ("sample_id","place"),
    CONSTRAINT "sample_reviews_sample_id_fkey" FOREIGN KEY ("sample_id") REFERENCES "samples"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "sample_reviews_sample_id_reviewed_by_key" ON "sample_reviews"("sample_id", "reviewed_by");
CREATE INDEX "sample_reviews_workspace_id_assigned_to_idx" ON "sample_reviews"("workspace_id", "assigned_to");

-- Verdicts of before each review had a row of its own.
INSERT INTO sample_reviews (sample_id, place, workspace_id, verdict, note, reviewed_by, reviewed_at)
  SELECT id, 1, workspace_id, verdict, coalesce(note, ''), reviewed_by, reviewed_at FROM samples WHERE verdict IS NOT NULL;

CREATE TABLE "review_findings" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "sample_id" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "opened_by" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_by" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "close_note" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "review_findings_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "review_findings_sample_id_fkey" FOREIGN KEY ("sample_id") REFERENCES "samples"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "review_findings_sample_id_key" ON "review_findings"("sample_id");
CREATE INDEX "review_findings_workspace_id_status_opened_at_id_idx" ON "review_findings"("workspace_id", "status", "opened_at", "id");

CREATE TABLE "review_follow_ups" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "finding_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "draft_id" TEXT,
    "done_by" TEXT NOT NULL,
    "done_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "review_follow_ups_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "review_follow_ups_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "review_findings"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "review_follow_ups_workspace_id_finding_id_idx" ON "review_follow_ups"("workspace_id", "finding_id");

CREATE TABLE "review_settings" (
    "workspace_id" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "review_settings_pkey" PRIMARY KEY ("workspace_id")
);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['sample_reviews', 'review_findings', 'review_follow_ups', 'review_settings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenant_table);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON sample_reviews, review_findings, review_settings TO countersign_app;
GRANT SELECT, INSERT ON review_follow_ups TO countersign_app;

-- Pages follow them as they change.
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON sample_reviews FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON review_findings FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT ON review_follow_ups FOR EACH ROW EXECUTE FUNCTION announce_change();

-- What is still to be reviewed, in any of which days.
CREATE INDEX samples_open ON samples (workspace_id, due_at) WHERE verdict IS NULL;
