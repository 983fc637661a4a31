{{ config(enabled=connector_is_on()) }}

-- Grants have dates in the table of subscription changes. The contact only says whether it opted
-- out of all email, which it did at its latest change at the latest.
with

base as (
    select * from {{ ref('base_hubspot_fivetran__contact') }}
),

opt_outs as (
    select
        contact_id,
        email_identifier,
        'withdrawn' as status,
        updated_at as recorded_at,
        updated_at,
        _record_key || '/consent' as _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted' and has_opted_out and email_identifier is not null
)

select * from opt_outs
