-- Whether the link that is offered makes a workspace beside others; where it does not, it ends
-- with the first.
ALTER TABLE setup_offer ADD COLUMN further boolean NOT NULL DEFAULT false;
