select * from {{ ref('base_visits') }} where _row_status = 'accepted'
