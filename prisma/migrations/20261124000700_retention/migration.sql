-- How long a workspace keeps its events, in months by class; without a row 84 of each.
CREATE TABLE trail_retention (
  workspace_id   text           NOT NULL PRIMARY KEY,
  decisions      integer        NOT NULL DEFAULT 84 CHECK (decisions BETWEEN 1 AND 1200),
  sessions       integer        NOT NULL DEFAULT 84 CHECK (sessions BETWEEN 1 AND 1200),
  administration integer        NOT NULL DEFAULT 84 CHECK (administration BETWEEN 1 AND 1200),
  reads          integer        NOT NULL DEFAULT 84 CHECK (reads BETWEEN 1 AND 1200),
  updated_by     text           NOT NULL,
  updated_at     timestamptz(3) NOT NULL DEFAULT now()
);

-- Each removal of expired events, from before it begins: the trail's database and this one
-- share no transaction, so whoever finds one that has not ended ends it.
CREATE TABLE trail_expiries (
  id           text           NOT NULL PRIMARY KEY,
  workspace_id text           NOT NULL,
  -- 2019-11, in UTC.
  month        text           NOT NULL,
  classes      text[]         NOT NULL,
  state        text           NOT NULL DEFAULT 'begun' CHECK (state IN ('begun', 'done')),
  events       bigint         NOT NULL DEFAULT 0,
  -- Hex SHA-256 over the index ranges, as the event in the trail says it.
  digest       text,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  finished_at  timestamptz(3),
  CHECK ((finished_at IS NULL) = (state = 'begun'))
);
CREATE INDEX trail_expiries_workspace_id_created_at_id_idx ON trail_expiries (workspace_id, created_at, id);
CREATE UNIQUE INDEX trail_expiries_one_begun ON trail_expiries (workspace_id, month) WHERE state = 'begun';

ALTER TABLE trail_retention ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_retention USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
ALTER TABLE trail_expiries ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_expiries USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE ON trail_retention TO countersign_app;
GRANT SELECT, INSERT, UPDATE (state, events, digest, finished_at) ON trail_expiries TO countersign_app;
-- One that found nothing to remove leaves no trace.
GRANT DELETE ON trail_expiries TO countersign_app;
