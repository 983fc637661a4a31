{{ config(schema='contacts') }}
{{ incremental_by('profile') }}

with

golden_values as (
    select * from {{ changed('int_profiles__golden_record_values') }}
),

collected_contacts as (
    select
        profile_id,
        max(case when attribute = 'email' then email end) as email,
        max(case when attribute = 'email' then email_identifier end) as email_identifier,
        max(case when attribute = 'email' then source_model end) as email_source,
        max(case when attribute = 'email' then observed_at end) as email_observed_at,
        max(case when attribute = 'email' then validity end) as email_validity,
        max(case when attribute = 'phone' then phone end) as phone,
        max(case when attribute = 'phone' then source_model end) as phone_source,
        max(case when attribute = 'phone' then observed_at end) as phone_observed_at,
        max(case when attribute = 'name' then first_name end) as first_name,
        max(case when attribute = 'name' then last_name end) as last_name,
        max(case when attribute = 'name' then source_model end) as name_source,
        max(case when attribute = 'name' then observed_at end) as name_observed_at,
        max(case when attribute = 'birth_date' then birth_date end) as birth_date,
        max(case when attribute = 'birth_date' then source_model end) as birth_date_source,
        max(case when attribute = 'birth_date' then observed_at end) as birth_date_observed_at,
        max(case when attribute = 'address' then address_line end) as address_line,
        max(case when attribute = 'address' then postcode end) as postcode,
        max(case when attribute = 'address' then city end) as city,
        max(case when attribute = 'address' then country end) as country,
        max(case when attribute = 'address' then source_model end) as address_source,
        max(case when attribute = 'address' then observed_at end) as address_observed_at,
        max(case when attribute = 'preferred_language' then preferred_language end)
            as preferred_language,
        max(case when attribute = 'preferred_language' then source_model end)
            as preferred_language_source,
        max(case when attribute = 'preferred_language' then observed_at end)
            as preferred_language_observed_at
    from golden_values
    group by profile_id
)

select * from collected_contacts
