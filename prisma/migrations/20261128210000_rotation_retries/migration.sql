-- When a step that did not succeed is tried again, and when its failure was last said in the trail.
ALTER TABLE rotations ADD COLUMN next_try_at timestamptz(3), ADD COLUMN told_at timestamptz(3);
