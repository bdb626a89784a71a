-- What holds for the deployment as a whole. Neither table has a workspace, so row-level security
-- here only keeps everyone out whom no policy lets in.

-- Which master key the databases were made with. No login role reads it but by the function.
CREATE TABLE deployment (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  -- Derived from the key; the key cannot be found from it.
  master_key text NOT NULL
);
ALTER TABLE deployment ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION master_key_fingerprint() RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT master_key FROM deployment $$;
REVOKE ALL ON FUNCTION master_key_fingerprint() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION master_key_fingerprint() TO countersign_app, countersign_gateway, countersign_sequencer;

-- The link that makes the first admin, so that any process can print it and any console take it.
CREATE TABLE setup_offer (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  -- Worth nothing alone: the link's token is this under the master key.
  nonce text NOT NULL,
  expires_at timestamptz(3) NOT NULL
);
ALTER TABLE setup_offer ENABLE ROW LEVEL SECURITY;
CREATE POLICY setup ON setup_offer TO countersign_app USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON setup_offer TO countersign_app;
