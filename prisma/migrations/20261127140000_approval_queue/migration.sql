-- The queue by who has waited longest, and how many wait, whatever was decided before. Of what is
-- not held only the condition is looked at, which has been on this table's indexes before.
CREATE INDEX actions_queue ON actions (workspace_id, created_at, id) WHERE status = 'pending';
