-- The e-mail of who shall sponsor an agent and is no member yet.
ALTER TABLE "agents" ADD COLUMN "awaited_sponsor" TEXT;
