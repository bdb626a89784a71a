-- Rows of the outbox that the sequencer set aside, because the trail refused them for their own
-- sake, and why. Apart from the outbox, which the gateway writes with every decision. A row
-- counts as long as that of the outbox is there.
CREATE TABLE "outbox_refused" (
    "seq" BIGINT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "refused_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "outbox_refused_pkey" PRIMARY KEY ("seq")
);

ALTER TABLE outbox_refused ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON outbox_refused USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY sequencer ON outbox_refused TO countersign_sequencer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox_refused TO countersign_sequencer;

-- As before, without what was refused: that concerns its own workspace only.
CREATE OR REPLACE FUNCTION outbox_backlog(row_limit int) RETURNS TABLE (events bigint, oldest timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT (SELECT count(*) FROM (
              SELECT 1 FROM outbox o WHERE NOT EXISTS (SELECT FROM outbox_refused r WHERE r.seq = o.seq)
               LIMIT row_limit + 1) AS waiting),
           (SELECT created_at FROM outbox o WHERE NOT EXISTS (SELECT FROM outbox_refused r WHERE r.seq = o.seq)
             ORDER BY seq LIMIT 1)
  $$;

-- What was refused, by workspace: how much, and since when it waits.
CREATE FUNCTION outbox_refusals() RETURNS TABLE (workspace_id text, events bigint, oldest timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT o.workspace_id, count(*), min(o.created_at)
      FROM outbox_refused r JOIN outbox o ON o.seq = r.seq GROUP BY o.workspace_id
  $$;
REVOKE ALL ON FUNCTION outbox_refusals() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_refusals() TO countersign_app, countersign_gateway;
