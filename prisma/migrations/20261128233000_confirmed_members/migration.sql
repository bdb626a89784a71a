-- What a member is to be given once a second admin confirms it, and who asked for it.
ALTER TABLE members
  ADD COLUMN pending_roles text[] NOT NULL DEFAULT '{}',
  ADD COLUMN pending_abilities text[] NOT NULL DEFAULT '{}',
  ADD COLUMN pending_by text,
  ADD CONSTRAINT members_pending_by CHECK (
    (pending_by IS NULL) = (pending_roles = '{}' AND pending_abilities = '{}'));

-- The second admin of an invitation.
ALTER TABLE invitations ADD COLUMN confirmed_by text;
