{{ config(materialized='view', schema='contacts') }}

-- Columns that belong together are one attribute, won by one record: a name or an address put
-- together from two sources would be nobody's.
with

records as (
    select * from {{ ref('int_profiles__contacts_attributed') }}
),

unioned as (
    select
        'email' as attribute,
        email_identifier as value_key,
        *
    from records
    where email is not null
    union all
    select
        'phone' as attribute,
        phone as value_key,
        *
    from records
    where phone is not null
    union all
    select
        'name' as attribute,
        lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as value_key,
        *
    from records
    where first_name is not null or last_name is not null
    union all
    select
        'birth_date' as attribute,
        cast(birth_date as text) as value_key,
        *
    from records
    where birth_date is not null
    union all
    select
        'address' as attribute,
        lower(
            coalesce(address_line, '') || ' ' || coalesce(postcode, '') || ' '
            || coalesce(city, '') || ' ' || coalesce(country, '')
        ) as value_key,
        *
    from records
    where coalesce(address_line, postcode, city, country) is not null
    union all
    select
        'preferred_language' as attribute,
        preferred_language as value_key,
        *
    from records
    where preferred_language is not null
)

select * from unioned
