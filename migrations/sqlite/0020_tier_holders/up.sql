-- How many members hold each tier, for the console: cards that act no more are not among them.
CREATE INDEX cards_by_tier ON cards (program_id, tier_id)
    WHERE tier_id IS NOT NULL AND voided_at IS NULL AND merged_into IS NULL;
