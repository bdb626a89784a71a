-- A verification is a row from its start on, so that its progress survives a reload and
-- whoever asks, and any process can cancel it.
ALTER TABLE trail_verifications
  ADD COLUMN scope     text           NOT NULL DEFAULT 'all' CHECK (scope IN ('new', 'all')),
  -- Where it began: what comes before was found good earlier.
  ADD COLUMN from_size bigint         NOT NULL DEFAULT 0,
  ADD COLUMN done      bigint         NOT NULL DEFAULT 0,
  -- Of the tree that was found good; a trail that is replaced whole does not have it.
  ADD COLUMN root      bytea,
  -- Last sign of life while it runs.
  ADD COLUMN seen_at   timestamptz(3),
  ALTER COLUMN finished_at DROP NOT NULL;

UPDATE trail_verifications
   SET done = size, root = decode(substr(detail, 6), 'base64'), detail = ''
 WHERE status = 'ok' AND detail ~ '^Root [A-Za-z0-9+/]{43}=$';
UPDATE trail_verifications SET done = size WHERE status <> 'ok';

ALTER TABLE trail_verifications
  ADD CHECK (status IN ('running', 'ok', 'failed', 'cancelled')),
  ADD CHECK ((finished_at IS NULL) = (status = 'running'));
-- One at a time; whoever asks meanwhile waits for it.
CREATE UNIQUE INDEX trail_verifications_one_running ON trail_verifications (workspace_id) WHERE status = 'running';
CREATE INDEX trail_verifications_failed ON trail_verifications (workspace_id, started_at) WHERE status = 'failed';
GRANT UPDATE (status, from_size, size, done, root, first_bad, detail, seen_at, finished_at)
  ON trail_verifications TO countersign_app;

-- What was found wrong and has not been found right since: by a later verification of the
-- same scope, or of everything. One row a workspace, the latest.
CREATE FUNCTION trail_failures()
  RETURNS TABLE (workspace_id text, verification_id text, scope text, first_bad bigint, detail text, size bigint, found_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT DISTINCT ON (f.workspace_id)
           f.workspace_id, f.id, f.scope, f.first_bad, f.detail, f.size, f.finished_at
      FROM trail_verifications f
     WHERE f.status = 'failed' AND NOT EXISTS (
       SELECT FROM trail_verifications g
        WHERE g.workspace_id = f.workspace_id AND g.started_at > f.started_at
          AND g.status = 'ok' AND g.scope IN (f.scope, 'all'))
     ORDER BY f.workspace_id, f.started_at DESC
  $$;
REVOKE ALL ON FUNCTION trail_failures() FROM PUBLIC;
-- The gateway is one for all workspaces; the console reads its own rows.
GRANT EXECUTE ON FUNCTION trail_failures() TO countersign_gateway;

-- The newest checkpoint of each log that is kept in each place outside the trail database.
CREATE TABLE trail_anchors (
  workspace_id  text           NOT NULL,
  -- folder, bucket or witness.
  place         text           NOT NULL CHECK (place IN ('folder', 'bucket', 'witness')),
  size          bigint         NOT NULL DEFAULT 0,
  root          bytea,
  -- C2SP signed note as it is kept there, with the witness's cosignature.
  note          text,
  written_at    timestamptz(3),
  attempts      integer        NOT NULL DEFAULT 0,
  failing_since timestamptz(3),
  error         text,
  next_try_at   timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, place),
  CHECK ((size = 0) = (root IS NULL))
);
ALTER TABLE trail_anchors ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_anchors USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE ON trail_anchors TO countersign_app;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF failing_since ON trail_anchors
  FOR EACH ROW EXECUTE FUNCTION announce_change();
