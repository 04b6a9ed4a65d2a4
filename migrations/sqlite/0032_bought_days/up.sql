-- What was bought with a card on a day of the program's calendar, as segments ask for it: how many orders had this
-- article (`sku`), this category, came by this channel or from this location. An order counts once for each; one that
-- was given back counts no more.
CREATE TABLE bought_days (
    card_id       TEXT NOT NULL REFERENCES cards (id),
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    day           BIGINT NOT NULL,
    orders        BIGINT NOT NULL,
    PRIMARY KEY (card_id, kind, name, day)
) WITHOUT ROWID;
CREATE INDEX bought_days_by_name ON bought_days (kind, name, day, card_id, orders);
-- Orders from before are read once, on the days of UTC.
INSERT INTO bought_days (card_id, kind, name, day, orders)
SELECT card_id, kind, name, day, count(*) FROM (
    SELECT DISTINCT o.id, o.card_id, n.kind,
        CASE n.kind WHEN 'sku' THEN l.value ->> 'sku' ELSE l.value ->> 'category' END AS name,
        o.paid_at / 86400000 AS day
    FROM orders o, json_each(o.detail, '$.lines') l, (SELECT 'sku' AS kind UNION ALL SELECT 'category') n
    WHERE (o.refunded_minor < o.total_minor OR o.total_minor = 0)
        AND (l.value ->> 'quantity') > coalesce((SELECT sum(r.value ->> 'quantity')
            FROM json_each(CASE o.returned WHEN '' THEN '[]' ELSE o.returned END) r WHERE r.value ->> 'line' = l.key), 0)
    UNION ALL
    SELECT o.id, o.card_id, n.kind,
        CASE n.kind WHEN 'channel' THEN o.detail ->> 'channel' ELSE o.detail ->> 'location' END, o.paid_at / 86400000
    FROM orders o, (SELECT 'channel' AS kind UNION ALL SELECT 'location') n
    WHERE (o.refunded_minor < o.total_minor OR o.total_minor = 0)
) s
WHERE name IS NOT NULL
GROUP BY card_id, kind, name, day;
