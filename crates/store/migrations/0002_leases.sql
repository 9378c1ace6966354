-- A claim names the node that made it and when its lease ends; `next_at` is only when a delivery is due.
-- `claimed_at` is no longer used: what the version before had claimed is released here.
ALTER TABLE deliveries ADD COLUMN claimed_by TEXT;
ALTER TABLE deliveries ADD COLUMN lease_until BIGINT;
UPDATE deliveries SET claimed_at = NULL, next_at = created_at
WHERE status = 'pending' AND claimed_at IS NOT NULL;

-- A claimed delivery is in one index only, an unclaimed one in two.
DROP INDEX deliveries_due;
DROP INDEX deliveries_waiting;
CREATE INDEX deliveries_due ON deliveries (next_at, id) WHERE status = 'pending' AND claimed_by IS NULL;
CREATE INDEX deliveries_waiting ON deliveries (destination, next_at) WHERE status = 'pending' AND claimed_by IS NULL;
CREATE INDEX deliveries_claimed ON deliveries (lease_until) WHERE status = 'pending' AND claimed_by IS NOT NULL;

-- One row. Every transaction that changes more than the delivery log raises it, so that a node
-- notices that the settings it has cached are out of date.
CREATE TABLE settings_version (version BIGINT NOT NULL);
INSERT INTO settings_version (version) VALUES (1);
