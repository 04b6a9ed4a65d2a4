-- What was bought with a card on a day of the program's calendar, as segments ask for it: how many orders had this
-- article (`sku`), this category, came by this channel or from this location. An order counts once for each; one that
-- was given back counts no more.
CREATE TABLE bought_days (
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    kind          TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    day           BIGINT NOT NULL,
    orders        BIGINT NOT NULL,
    PRIMARY KEY (card_id, kind, name, day)
);
CREATE INDEX bought_days_by_name ON bought_days (kind, name, day, card_id, orders);
-- Orders from before are read once, on the days of UTC.
INSERT INTO bought_days (card_id, kind, name, day, orders)
SELECT card_id, kind, name, day, count(*) FROM (
    SELECT DISTINCT o.id, o.card_id, n.kind,
        CASE n.kind WHEN 'sku' THEN l.value ->> 'sku' ELSE l.value ->> 'category' END AS name,
        o.paid_at / 86400000 AS day
    FROM orders o, json_array_elements(o.detail::json -> 'lines') WITH ORDINALITY AS l(value, place),
        (VALUES ('sku'), ('category')) AS n(kind)
    WHERE (o.refunded_minor < o.total_minor OR o.total_minor = 0)
        AND (l.value ->> 'quantity')::BIGINT > coalesce((SELECT sum((r.value ->> 'quantity')::BIGINT)
            FROM json_array_elements(CASE o.returned WHEN '' THEN '[]' ELSE o.returned END::json) AS r(value)
            WHERE (r.value ->> 'line')::BIGINT = l.place - 1), 0)
    UNION ALL
    SELECT o.id, o.card_id, n.kind,
        CASE n.kind WHEN 'channel' THEN o.detail::json ->> 'channel' ELSE o.detail::json ->> 'location' END,
        o.paid_at / 86400000
    FROM orders o, (VALUES ('channel'), ('location')) AS n(kind)
    WHERE (o.refunded_minor < o.total_minor OR o.total_minor = 0)
) s
WHERE name IS NOT NULL
GROUP BY card_id, kind, name, day;
