DROP TABLE expiry_notices;
ALTER TABLE redemptions DROP COLUMN opened;
ALTER TABLE redemptions DROP COLUMN opens_max;
