{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_crm__contacts') }}
),

accepted as (
    select
        _record_key as contact_version_id,
        contact_id,
        account_id,
        email,
        email_identifier,
        phone,
        first_name,
        last_name,
        birth_date,
        address_line,
        postcode,
        city,
        country,
        loyalty_number,
        preferred_language,
        raw_email is not null and email is null as is_unreadable_email,
        raw_phone is not null and phone is null as is_unreadable_phone,
        is_deleted,
        created_at,
        updated_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
