select
    order_key,
    profile_id,
    false as is_return,
    cast(amount as numeric(18, 2)) as reporting_amount,
    cast(purchased_on as timestamp) as ordered_at
from raw.purchases
