-- Everyone who has changed a draft has drafted it: none of them publishes what it widens, and none
-- of them signs what it came to allow, whoever published it.
ALTER TABLE policy_drafts ADD COLUMN editors text[] NOT NULL DEFAULT '{}';
ALTER TABLE permissions ADD COLUMN drafted_by text[] NOT NULL DEFAULT '{}';
ALTER TABLE cedar_policies ADD COLUMN drafted_by text[] NOT NULL DEFAULT '{}';

-- Of one action's permissions, and policies by hand, `cedar:<name>#<policy>`.
CREATE OR REPLACE FUNCTION editors_of(workspace text, allowed_by text[]) RETURNS text[] LANGUAGE sql STABLE
  AS $$
  SELECT coalesce(array_agg(DISTINCT editor), '{}') FROM (
    SELECT unnest(drafted_by || updated_by) AS editor FROM public.permissions
    WHERE workspace_id = workspace AND id = ANY (allowed_by)
    UNION ALL
    SELECT unnest(drafted_by || updated_by) FROM public.cedar_policies
    WHERE workspace_id = workspace
      AND EXISTS (SELECT 1 FROM unnest(allowed_by) AS id WHERE starts_with(id, 'cedar:' || name || '#'))
  ) AS found
$$;
