-- One question to an agent at a time about one action.
ALTER TABLE "approval_questions" ADD CONSTRAINT "approval_questions_action_id_fkey"
  FOREIGN KEY ("action_id") REFERENCES "approvals"("action_id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX approval_questions_open ON approval_questions (action_id) WHERE answer IS NULL;

-- What was asked and answered is blanked when the key of its payload is destroyed.
GRANT UPDATE (question, answer) ON approval_questions TO countersign_app;

-- An approver sees an amount beside those of the same agent and the same customer.
CREATE INDEX actions_amounts ON actions (workspace_id, type, agent_id, created_at) INCLUDE (amount)
  WHERE amount IS NOT NULL;
CREATE INDEX actions_customer_amounts ON actions (workspace_id, type, (parameters->>'customer_id'), created_at) INCLUDE (amount)
  WHERE amount IS NOT NULL AND (parameters->>'customer_id') IS NOT NULL;
-- And beside what was decided of the nearest amounts.
CREATE INDEX actions_decided ON actions (workspace_id, type, agent_id, amount, created_at)
  WHERE decision = 'hold' AND status NOT IN ('pending', 'expired', 'cancelled');
