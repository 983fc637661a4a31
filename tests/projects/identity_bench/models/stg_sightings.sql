select * from {{ ref('base_sightings') }} where _row_status = 'accepted'
