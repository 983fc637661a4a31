with

profile_identifiers as (
    select * from {{ ref('profile_identifiers') }}
    where profile_id is not null
),

attributed as (
    {% for source in identity_sources() %}
    {{ attributed_records(source) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from attributed
