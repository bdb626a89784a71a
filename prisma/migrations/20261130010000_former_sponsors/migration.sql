-- Who has answered for an agent and no longer does, and until when they did: they do not publish
-- what widens it nor sign for it as soon as somebody else is put in their place. Kept by the
-- database, whichever way a sponsor is changed.
CREATE TABLE former_sponsors (
  workspace_id text           NOT NULL,
  agent_id     text           NOT NULL REFERENCES agents (id),
  member_id    text           NOT NULL,
  until        timestamptz(3) NOT NULL,
  PRIMARY KEY (agent_id, member_id)
);
ALTER TABLE former_sponsors ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON former_sponsors USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE (until) ON former_sponsors TO countersign_app;

CREATE FUNCTION note_former_sponsor() RETURNS trigger LANGUAGE plpgsql
  AS $$
BEGIN
  INSERT INTO public.former_sponsors (workspace_id, agent_id, member_id, until)
  VALUES (OLD.workspace_id, OLD.id, OLD.sponsor_id, clock_timestamp())
  ON CONFLICT (agent_id, member_id) DO UPDATE SET until = excluded.until;
  RETURN NULL;
END
$$;
CREATE TRIGGER note_former_sponsor AFTER UPDATE OF sponsor_id ON agents FOR EACH ROW
  WHEN (OLD.sponsor_id IS NOT NULL AND OLD.sponsor_id IS DISTINCT FROM NEW.sponsor_id)
  EXECUTE FUNCTION note_former_sponsor();
