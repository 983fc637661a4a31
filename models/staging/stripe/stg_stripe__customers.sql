{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe__customers') }}
),

accepted as (
    select
        customer_id,
        account_id,
        first_name,
        last_name,
        email,
        email_identifier,
        phone,
        address_line,
        postcode,
        city,
        country,
        created_at,
        _loaded_at as exported_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
