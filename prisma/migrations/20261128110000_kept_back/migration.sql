-- What of an agent did not run at once, the latest first: a card tells who proposes again what was
-- refused. An action that is allowed pays nothing for it.
CREATE INDEX actions_kept_back ON actions (agent_id, created_at) WHERE decision <> 'allow';
