{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_loyalty__members') }}
),

accepted as (
    select
        _record_key as member_version_id,
        loyalty_number,
        email,
        email_identifier,
        phone,
        first_name,
        last_name,
        birth_date,
        postcode,
        country,
        tier,
        points_balance,
        home_store_id,
        joined_date,
        updated_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
