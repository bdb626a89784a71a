-- From which part of its day each sample was drawn, and how large that is: what was looked at more
-- often than the rest must not weigh more. As the draw's event says it, in its order.
CREATE TABLE sample_strata (
  workspace_id text    NOT NULL,
  day          date    NOT NULL,
  stratum      integer NOT NULL,
  agent_id     text    NOT NULL,
  action_type  text    NOT NULL,
  band         text    NOT NULL,
  size         integer NOT NULL CHECK (size > 0),
  drawn        integer NOT NULL CHECK (drawn BETWEEN 0 AND size),
  PRIMARY KEY (workspace_id, day, stratum)
);
-- Null: the day as a whole.
ALTER TABLE samples ADD COLUMN stratum integer;

-- What of reviews people were told, outside the console. What was before is no news.
ALTER TABLE sample_reviews ADD COLUMN told_on date;
UPDATE sample_reviews SET told_on = current_date - 1;
ALTER TABLE review_findings ADD COLUMN told boolean NOT NULL DEFAULT true;
ALTER TABLE review_findings ALTER COLUMN told SET DEFAULT false;
ALTER TABLE samples ADD COLUMN escalation_told boolean NOT NULL DEFAULT false;
UPDATE samples SET escalation_told = true WHERE escalated_at IS NOT NULL;
CREATE INDEX sample_reviews_untold ON sample_reviews (workspace_id) WHERE told_on IS NULL AND verdict IS NULL;
CREATE INDEX review_findings_untold ON review_findings (workspace_id) WHERE NOT told;
CREATE INDEX samples_untold ON samples (workspace_id) WHERE escalated_at IS NOT NULL AND NOT escalation_told;

-- Which permissions the verdicts say belong in another tier, since when.
CREATE TABLE review_proposals (
  permission_id text           NOT NULL,
  move          text           NOT NULL CHECK (move IN ('raise', 'lower')),
  workspace_id  text           NOT NULL,
  since         timestamptz(3) NOT NULL,
  told          boolean        NOT NULL DEFAULT false,
  PRIMARY KEY (permission_id, move)
);
CREATE INDEX review_proposals_workspace_id_idx ON review_proposals (workspace_id);

-- What waits by whose signatures it takes, oldest first, so that what one person may decide is found
-- among however much others may. Only what is held has a row here, and leaves this index once it
-- is decided; of what ended undecided the job that ends waits says so.
ALTER TABLE approvals ADD COLUMN waiting boolean NOT NULL DEFAULT true;
ALTER TABLE approvals ADD COLUMN needs_key bigint GENERATED ALWAYS AS (hashtextextended(needs::text, 0)) STORED;
UPDATE approvals SET waiting = false
WHERE decision IS NULL AND EXISTS (SELECT 1 FROM actions a WHERE a.id = action_id AND a.status <> 'pending');
CREATE INDEX approvals_queue ON approvals (workspace_id, needs_key, requested_at, action_id)
  WHERE waiting AND decision IS NULL;

DO $$
DECLARE
  tenanted text;
BEGIN
  FOREACH tenanted IN ARRAY ARRAY['sample_strata', 'review_proposals'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenanted);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenanted);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON sample_strata TO countersign_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON review_proposals TO countersign_app;
