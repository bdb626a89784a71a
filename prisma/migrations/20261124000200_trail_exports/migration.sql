-- Exports of the trail that are made as files by a job, and how far each has come.

CREATE TABLE trail_exports (
  id           text           PRIMARY KEY,
  workspace_id text           NOT NULL,
  format       text           NOT NULL CHECK (format IN ('ndjson', 'csv', 'parquet', 'ocsf')),
  filters      jsonb          NOT NULL,
  state        text           NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'running', 'ready', 'failed', 'cancelled', 'expired')),
  created_by   text           NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  -- Who writes it now; every change by a writer names itself, so of two the later one goes on.
  runner       text,
  beat_at      timestamptz(3),
  attempts     integer        NOT NULL DEFAULT 0,
  rows_done    bigint         NOT NULL DEFAULT 0,
  rows_total   bigint,
  bytes        bigint         NOT NULL DEFAULT 0,
  -- Name of the whole file in the workspace's folder.
  file         text,
  sha256       text,
  finished_at  timestamptz(3),
  expires_at   timestamptz(3),
  error        text,
  CHECK ((state = 'ready') <= (file IS NOT NULL AND sha256 IS NOT NULL AND expires_at IS NOT NULL))
);

CREATE INDEX "trail_exports_workspace_id_created_at_id_idx" ON trail_exports (workspace_id, created_at, id);

ALTER TABLE trail_exports ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_exports USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE ON trail_exports TO countersign_app;
