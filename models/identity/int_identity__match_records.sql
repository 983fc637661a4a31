-- Disabled in projects that define no match sources, such as the small projects of the tests.
{{ config(enabled=match_sources is defined) }}

with

versions as (
    {{ match_record_versions() if match_sources is defined }}
),

current_records as (
    select
        source_model,
        record_id,
        identifier_type,
        identifier_value,
        first_name,
        last_name,
        birth_date,
        street,
        street_number,
        address_extra,
        city,
        postcode,
        region,
        phone,
        email,
        observed_at
    from versions
    where
        version_rank = 1
        and is_current
)

select * from current_records
