DROP INDEX cards_by_tier;
