select
    md5(i::varchar) as event_id,
    ['sent', 'delivered', 'opened', 'clicked', 'bounced'][1 + (hash(i) % 5)::int] as event_type,
    'customer' || (hash(i) % 200000) || '@mail.example' as email,
    'C' || (i % 300) as campaign_id,
    'Campaign, number ' || (i % 300) as campaign_name,
    strftime(timestamp '2026-01-01' + to_seconds(i), '%Y-%m-%d %H:%M:%S') as occurred_at,
    case
        when hash(i) % 5 = 3 then 'https://shop.example/product/' || (hash(i) % 5000)
    end as link_url,
    case when hash(i) % 5 = 4 then 'hard' end as bounce_type,
    'Your offer "' || (i % 300) || '"' as subject
from range({{ rows }}) as numbers (i)
