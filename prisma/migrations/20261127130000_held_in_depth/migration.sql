-- One question to an agent at a time about one action.
ALTER TABLE "approval_questions" ADD CONSTRAINT "approval_questions_action_id_fkey"
  FOREIGN KEY ("action_id") REFERENCES "approvals"("action_id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX approval_questions_open ON approval_questions (action_id) WHERE answer IS NULL;

-- What was asked and answered is blanked when the key of its payload is destroyed.
GRANT UPDATE (question, answer) ON approval_questions TO countersign_app;

-- An approver sees an amount beside the latest of the same agent. Only of actions that have one,
-- and short, since the gateway writes it; an index by customer would be of no use, for what
-- reads JSON may not look into an index before row-level security has.
CREATE INDEX actions_amounts ON actions (agent_id, created_at) WHERE amount IS NOT NULL;
-- And beside what was decided of the nearest amounts.
CREATE INDEX actions_decided ON actions (agent_id, type, amount, created_at)
  WHERE decision = 'hold' AND status NOT IN ('pending', 'expired', 'cancelled');
