select * from {{ ref('base_contacts') }} where _row_status = 'accepted'
