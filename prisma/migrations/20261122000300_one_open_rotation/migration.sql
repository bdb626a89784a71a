-- A secret or credential has at most one rotation that is not finished, whoever starts it.
CREATE UNIQUE INDEX rotations_one_open ON rotations (workspace_id, subject_id) WHERE finished_at IS NULL;
