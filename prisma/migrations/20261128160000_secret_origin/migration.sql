-- Where alone a secret's value may be sent: scheme, host and port; null until something uses it.
ALTER TABLE secrets ADD COLUMN origin text;

-- What is kept already belongs where it is used now. Used at several origins, it stays null, for
-- nobody can tell here which of them it was given for: the next change of a tool or rotator that
-- uses it settles it at one of those. So does an address that is not written as it is sent to (an
-- umlaut, numbers spelled oddly): better unbound than bound to what nothing will match.
WITH uses AS (
  SELECT secret_id AS id, base_url AS url FROM tools WHERE secret_id IS NOT NULL AND state = 'active'
  UNION ALL
  SELECT id, rotator->>'baseUrl' FROM secrets WHERE rotator->>'kind' = 'http_api_keys'
), named AS (
  SELECT id, regexp_match(
    lower(url),
    '^(https?)://'
      -- A dotted quad, or a name whose last label is no number: that would be an address in disguise.
      || '((?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?=\d)|(?=[:/?#]|$))){4}'
      || '|(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*)'
      || '(?::([1-9]\d*))?(?:[/?#]|$)'
  ) AS part FROM uses
), origins AS (
  SELECT id, part[1] || '://' || part[2] || CASE
    WHEN part[3] IS NULL OR (part[1], part[3]) IN (('http', '80'), ('https', '443')) THEN ''
    ELSE ':' || part[3]
  END AS origin FROM named
)
UPDATE secrets s SET origin = settled.origin
FROM (
  SELECT id, min(origin) AS origin FROM origins
  GROUP BY id HAVING count(*) = count(origin) AND count(DISTINCT origin) = 1
) AS settled
WHERE s.id = settled.id;

-- A connection string names its database itself, and is nothing to send to a tool.
UPDATE secrets s SET origin = 'postgres:'
WHERE EXISTS (SELECT 1 FROM data_imports i WHERE i.secret_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM tools t WHERE t.secret_id = s.id AND t.state = 'active')
  AND s.rotator->>'kind' = 'manual';
