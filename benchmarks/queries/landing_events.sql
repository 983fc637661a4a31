select
    md5(i::varchar) as message_id,
    ['page', 'track', 'identify'][1 + i % 3] as type,
    case when i % 3 = 1 then ['Product Viewed', 'Product Added'][1 + i % 2] end as event,
    md5((i % 50021)::varchar) as anonymous_id,
    case when i % 4 = 0 then 'A' || (i % 10007) end as user_id,
    strftime(timestamp '2026-01-01' + to_milliseconds(i * 137), '%Y-%m-%dT%H:%M:%S.%gZ')
        as "timestamp",
    strftime(timestamp '2026-01-01' + to_milliseconds(i * 137 + 40), '%Y-%m-%dT%H:%M:%S.%gZ')
        as sent_at,
    strftime(timestamp '2026-01-01' + to_milliseconds(i * 137 + 90), '%Y-%m-%dT%H:%M:%S.%gZ')
        as received_at,
    {
        page: {
            url: 'https://shop.example/product/' || (hash(i) % 5000),
            path: '/product/' || (hash(i) % 5000),
            referrer: case when i % 7 = 0 then 'https://www.search.example/' end,
            title: 'Product ' || (hash(i) % 5000)
        },
        campaign: case
            when i % 5 = 0 then {source: 'search', medium: 'cpc', name: 'spring ' || (i % 30)}
        end,
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Browser/' || (i % 40),
        ip: concat_ws('.', 10, hash(i) % 255, hash(i + 1) % 255, i % 255),
        locale: 'de-DE',
        timezone: 'Europe/Berlin'
    } as context,
    {
        product_id: 'P' || (hash(i) % 5000),
        price: (hash(i) % 50000) / 100.0,
        quantity: 1 + i % 3,
        currency: 'EUR'
    } as properties
from range({{ rows }}) as numbers (i)
