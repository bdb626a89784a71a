-- How long a workspace keeps its events, as its own log last said it: from each
-- trail.retention_updated before that event itself expires. Only expire_events writes here.
CREATE TABLE retention_periods (
  workspace_id text   NOT NULL PRIMARY KEY,
  -- Of the event.
  idx          bigint NOT NULL,
  -- Months by class; one that is not named has 84.
  months       jsonb  NOT NULL
);
ALTER TABLE retention_periods ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON retention_periods TO countersign_trail_reader, countersign_trail_retention
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT ON retention_periods TO countersign_trail_reader, countersign_trail_retention;

-- The events that set the workspace's periods, found by the days and hours that have any.
CREATE FUNCTION note_retention_periods(workspace text) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp SET timezone = 'UTC'
  AS $$
    INSERT INTO retention_periods AS known (workspace_id, idx, months)
    SELECT e.workspace_id, e.idx, e.body::jsonb #> '{data,after}'
      FROM event_counts day
      JOIN event_counts hour ON hour.workspace_id = workspace AND hour.span = 1 AND hour.dim = 'type'
       AND hour.value = 'trail.retention_updated' AND hour.at >= day.at AND hour.at < day.at + interval '1 day'
      JOIN events e ON e.workspace_id = workspace AND e.type = 'trail.retention_updated'
       AND e.time >= hour.at AND e.time < hour.at + interval '1 hour'
     WHERE day.workspace_id = workspace AND day.span = 24 AND day.dim = 'type' AND day.value = 'trail.retention_updated'
     ORDER BY e.idx DESC LIMIT 1
    ON CONFLICT (workspace_id) DO UPDATE SET idx = excluded.idx, months = excluded.months
      WHERE excluded.idx > known.idx
  $$;

-- What removes is called by what asks whether it may.
ALTER FUNCTION expire_events(text, date, text[]) RENAME TO remove_events;
REVOKE ALL ON FUNCTION remove_events(text, date, text[]) FROM countersign_trail_retention;

-- Removes a workspace's events of these classes in one month that no hold covers, and says what it
-- removed. Whoever asks, and whatever they take the settings to be: no class goes before the
-- workspace's log itself says that its period is past. Called again with the same id it does
-- nothing and says the same.
CREATE FUNCTION expire_events(expiry_id text, wanted_month date, wanted_classes text[]) RETURNS expiries
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
  -- Whoever reads for long is not waited for; the next run tries again.
  SET lock_timeout = '10s'
  AS $$
DECLARE
  workspace text := current_workspace();
  month_start date := date_trunc('month', wanted_month)::date;
  kept jsonb;
  class text;
BEGIN
  IF workspace IS NULL THEN
    RAISE EXCEPTION 'no workspace is set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM retention_lock();
  IF NOT EXISTS (SELECT FROM expiries e WHERE e.id = expiry_id) THEN
    PERFORM note_retention_periods(workspace);
    SELECT p.months INTO kept FROM retention_periods p WHERE p.workspace_id = workspace;
    FOREACH class IN ARRAY wanted_classes LOOP
      -- DEFAULT_MONTHS of lib/domains/trail/retention/classes.ts. At least one: a month that is not over stays.
      IF month_start + make_interval(months => 1 + greatest(1, coalesce((kept ->> class)::integer, 84))) > now() THEN
        RAISE EXCEPTION '% of % is within its retention', class, month_start USING ERRCODE = 'CS001';
      END IF;
    END LOOP;
  END IF;
  RETURN remove_events(expiry_id, month_start, wanted_classes);
END $$;

REVOKE ALL ON FUNCTION note_retention_periods(text), expire_events(text, date, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_events(text, date, text[]) TO countersign_trail_retention;
