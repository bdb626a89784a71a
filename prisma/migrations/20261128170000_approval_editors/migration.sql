-- Who had last changed what allows a held action, kept from when it was held: they do not
-- decide it, whatever becomes of the permission or the policy afterwards.
ALTER TABLE approvals ADD COLUMN editors text[] NOT NULL DEFAULT '{}';

-- Of one action's permissions, and policies by hand, `cedar:<name>#<policy>`.
CREATE FUNCTION editors_of(workspace text, allowed_by text[]) RETURNS text[] LANGUAGE sql STABLE
  AS $$
  SELECT coalesce(array_agg(DISTINCT editor), '{}') FROM (
    SELECT updated_by AS editor FROM public.permissions
    WHERE workspace_id = workspace AND id = ANY (allowed_by)
    UNION ALL
    SELECT updated_by FROM public.cedar_policies
    WHERE workspace_id = workspace
      AND EXISTS (SELECT 1 FROM unnest(allowed_by) AS id WHERE starts_with(id, 'cedar:' || name || '#'))
  ) AS found
$$;

CREATE FUNCTION note_editors() RETURNS trigger LANGUAGE plpgsql
  AS $$
BEGIN
  SELECT public.editors_of(NEW.workspace_id, a.permissions) INTO NEW.editors
  FROM public.actions a WHERE a.id = NEW.action_id;
  RETURN NEW;
END
$$;
CREATE TRIGGER note_editors BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION note_editors();

UPDATE approvals p SET editors = editors_of(p.workspace_id, a.permissions)
FROM actions a WHERE a.id = p.action_id AND a.status = 'pending';
