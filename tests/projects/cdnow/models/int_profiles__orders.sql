select
    profile_id,
    cast(sum(reporting_amount) as numeric(18, 2)) as net_amount
from {{ ref('orders') }}
where ordered_at <= {{ as_of() }}
group by profile_id
