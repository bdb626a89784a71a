-- When a daily job last finished in a workspace, so that a time at which no jobs process ran is made up.
CREATE TABLE job_runs (
  workspace_id text           NOT NULL,
  -- As it is declared: `room.job`.
  name         text           NOT NULL,
  finished_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, name)
);
ALTER TABLE job_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job_runs USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE ON job_runs TO countersign_app;
