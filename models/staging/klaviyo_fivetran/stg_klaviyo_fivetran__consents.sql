{{ config(enabled=connector_is_on()) }}

with

base as (
    select
        *,
        _loaded_at as exported_at
    from {{ ref('base_klaviyo_fivetran__person') }}
    where _row_status in ('accepted', 'duplicate')
),

consents as (
    {{ klaviyo_consents('base') }}
)

select * from consents
