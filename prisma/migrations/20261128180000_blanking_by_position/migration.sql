-- How far the control database's payloads under a destroyed key are blanked: every action up to
-- this creation time and id has been looked at. A table of its own, for a destroyed key's row
-- is changed by nobody any more.
CREATE TABLE "trail_blankings" (
    "key_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "through" TIMESTAMPTZ(3) NOT NULL,
    "through_id" TEXT NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    CONSTRAINT "trail_blankings_pkey" PRIMARY KEY ("key_id")
);

-- Actions that had not ended when they were passed: they are blanked once they have.
CREATE TABLE "trail_unblanked" (
    "key_id" TEXT NOT NULL,
    "action_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    CONSTRAINT "trail_unblanked_pkey" PRIMARY KEY ("key_id", "action_id")
);

ALTER TABLE trail_blankings ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_blankings USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
ALTER TABLE trail_unblanked ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_unblanked USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());

GRANT SELECT, INSERT, UPDATE ON trail_blankings TO countersign_app;
GRANT SELECT, INSERT, DELETE ON trail_unblanked TO countersign_app;
