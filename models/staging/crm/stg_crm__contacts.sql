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
        is_deleted,
        created_at,
        updated_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
