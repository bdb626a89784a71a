-- What an event can be narrowed by begins with a `=`, which no word and no beginning of one does:
-- `hour*` found every event by its `hour=2026112408` (lib/domains/trail/search/lexemes.ts). Words
-- have no `=`, so those that have one are renamed. Without the index, which is made anew afterwards.
DROP INDEX events_search;

UPDATE events SET search = (
  SELECT ts_delete(search, named) || array_to_tsvector(ARRAY(SELECT '=' || l FROM unnest(named) AS l))
    FROM (SELECT ARRAY(SELECT l FROM unnest(tsvector_to_array(search)) AS l WHERE strpos(l, '=') > 0)) AS old (named));

CREATE INDEX events_search ON events USING gin (search) WITH (gin_pending_list_limit = 512);
