-- Which of two verifications came later is told by the order in which they were begun, and by no
-- clock: one that was ahead dates a good one after every failure to come, which it would clear
-- unseen, and a failed one after every good one that could clear it. One of a workspace runs at a
-- time, so that the order in which they are put here is that in which the log was looked at.
ALTER TABLE trail_verifications ADD COLUMN seq bigint;
-- Of those before, the times are all there is. A good one of the future clears nothing.
UPDATE trail_verifications v SET seq = o.seq
  FROM (SELECT id, row_number() OVER (
                 ORDER BY (status = 'ok' AND greatest(started_at, finished_at) > now()) DESC, started_at, id) AS seq
          FROM trail_verifications) AS o
 WHERE o.id = v.id;
ALTER TABLE trail_verifications ALTER COLUMN seq SET NOT NULL;
ALTER TABLE trail_verifications ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('trail_verifications', 'seq'), coalesce(max(seq), 0) + 1, false)
  FROM trail_verifications;

CREATE UNIQUE INDEX trail_verifications_workspace_id_seq_key ON trail_verifications (workspace_id, seq);
DROP INDEX trail_verifications_failed;
CREATE INDEX trail_verifications_failed ON trail_verifications (workspace_id, seq) WHERE status = 'failed';

-- What was found wrong and has not been found right since: by a later verification of the
-- same scope, or of everything. One row a workspace, the latest.
CREATE OR REPLACE FUNCTION trail_failures()
  RETURNS TABLE (workspace_id text, verification_id text, scope text, first_bad bigint, detail text, size bigint, found_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT DISTINCT ON (f.workspace_id)
           f.workspace_id, f.id, f.scope, f.first_bad, f.detail, f.size, f.finished_at
      FROM trail_verifications f
     WHERE f.status = 'failed' AND NOT EXISTS (
       SELECT FROM trail_verifications g
        WHERE g.workspace_id = f.workspace_id AND g.seq > f.seq
          AND g.status = 'ok' AND g.scope IN (f.scope, 'all'))
     ORDER BY f.workspace_id, f.seq DESC
  $$;
