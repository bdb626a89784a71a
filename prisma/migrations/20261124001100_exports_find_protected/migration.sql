-- Whether who asked for an export finds words of protected payloads, as their search does.
ALTER TABLE trail_exports ADD COLUMN finds_protected boolean NOT NULL DEFAULT false;
