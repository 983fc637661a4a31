select * from {{ ref('base_orders') }} where _row_status = 'accepted'
