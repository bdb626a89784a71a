-- Two pairs of filters become lexemes of their own (lib/domains/trail/search/lexemes.ts). Events
-- of before are given theirs, without the index, which is made anew afterwards.
DROP INDEX events_search;

UPDATE events SET search = search || array_to_tsvector(array_remove(
  ARRAY['both=' || right(agent_id, 8) || '+' || action_type, 'both=' || outcome || '+' || tier], NULL))
 WHERE (agent_id IS NOT NULL AND action_type IS NOT NULL) OR (outcome IS NOT NULL AND tier IS NOT NULL);

CREATE INDEX events_search ON events USING gin (search) WITH (gin_pending_list_limit = 512);
