-- A passkey as what is asked for after the password, and what one must sign to end the sign-in under way.
ALTER TABLE members
  ADD COLUMN passkey_sign_in              boolean NOT NULL DEFAULT false,
  ADD COLUMN sign_in_challenge            text,
  ADD COLUMN sign_in_challenge_expires_at timestamptz(3);
