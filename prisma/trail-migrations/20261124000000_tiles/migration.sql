-- The log's hash tiles (C2SP tlog-tiles): 256 hashes each, full ones only. What is not full
-- yet follows from the leaf hashes of the newest events and from the roots below.
CREATE TABLE tiles (
  workspace_id text     NOT NULL,
  level        smallint NOT NULL CHECK (level BETWEEN 0 AND 5),
  idx          bigint   NOT NULL CHECK (idx >= 0),
  hashes       bytea    NOT NULL CHECK (octet_length(hashes) = 8192),
  -- Of the subtree under this tile: one hash of the tile above.
  root         bytea    NOT NULL CHECK (octet_length(root) = 32),
  PRIMARY KEY (workspace_id, level, idx)
);
-- Hashes do not compress; trying costs time.
ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- Leaf hashes of expired events that no full tile holds yet.
CREATE TABLE kept_leaves (
  workspace_id text   NOT NULL,
  idx          bigint NOT NULL,
  leaf_hash    bytea  NOT NULL CHECK (octet_length(leaf_hash) = 32),
  PRIMARY KEY (workspace_id, idx)
);

-- Each version of a log's signing key after the first, as the roll-over in the log says.
CREATE TABLE signing_keys (
  workspace_id text    NOT NULL,
  version      integer NOT NULL CHECK (version > 1),
  -- Checkpoints from this size on are signed with it.
  from_size    bigint  NOT NULL,
  verifier_key text    NOT NULL,
  -- Signature of the version before over this key, base64.
  endorsement  text    NOT NULL,
  event_id     text    NOT NULL,
  PRIMARY KEY (workspace_id, version)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tiles', 'kept_leaves', 'signing_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO countersign_trail_reader USING (workspace_id = current_workspace())', name);
    EXECUTE format('CREATE POLICY writer ON %I TO countersign_trail_writer USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT ON %I TO countersign_trail_reader, countersign_trail_writer', name);
  END LOOP;
END $$;
GRANT INSERT ON tiles, signing_keys TO countersign_trail_writer;
