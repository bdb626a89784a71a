-- Searches of the trail that a member keeps, for themselves or for everyone who may search it.
CREATE TABLE saved_searches (
  id           text           PRIMARY KEY,
  workspace_id text           NOT NULL,
  member_id    text           NOT NULL,
  name         text           NOT NULL,
  -- The filters of interfaces.md that are set, each a string.
  filters      jsonb          NOT NULL,
  shared       boolean        NOT NULL DEFAULT false,
  created_at   timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX saved_searches_name ON saved_searches (workspace_id, member_id, name);

ALTER TABLE saved_searches ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON saved_searches USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, DELETE ON saved_searches TO countersign_app;
