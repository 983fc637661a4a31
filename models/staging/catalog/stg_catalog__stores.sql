{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_catalog__stores') }}
),

accepted as (
    select
        store_id,
        store_name,
        address_line,
        postcode,
        city,
        country,
        cast(latitude as double precision) as latitude,
        cast(longitude as double precision) as longitude,
        time_zone,
        opened_date,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
