{{ incremental_by('profile') }}

-- What a contact is judged by besides, consent and when the person was heard of last, changes
-- without a contact record: int_profiles__crm_issues joins it.
with

versions as (
    select * from {{ ref('stg_crm__contacts') }}
),

attributed as (
    select * from {{ changed('int_profiles__contacts_attributed') }}
    where
        source_model = 'stg_crm__contacts'
),

deliverability as (
    select * from {{ ref('int_profiles__email_deliverability') }}
),

contacts as (
    select * from {{ changed('profile_contacts') }}
),

doubled as (
    select profile_id from attributed
    group by profile_id
    having count(*) > 1
),

-- Of several contacts of one person the one that was kept up last is to remain.
ranked_doubles as (
    select
        attributed.profile_id,
        versions.contact_id,
        row_number() over (
            partition by attributed.profile_id
            order by versions.updated_at desc, versions.contact_id
        ) as recency
    from attributed
    inner join versions on attributed.record_id = versions.contact_version_id
    where attributed.profile_id in (select profile_id from doubled)
),

remaining as (
    select * from ranked_doubles
    where recency = 1
),

judged as (
    select
        versions.contact_id,
        attributed.profile_id,
        coalesce(remaining.contact_id, versions.contact_id) as remaining_contact_id,
        versions.contact_version_id,
        {%- for attribute in contact_attributes() %}
        contacts.{{ attribute }}_source as golden_{{ attribute }}_source,
        coalesce(
            {{ contact_value_key(attribute, 'attributed') }}
            <> {{ contact_value_key(attribute, 'contacts') }},
            false
        ) as has_other_{{ attribute }},
        {%- endfor %}
        coalesce(deliverability.validity, 'unverified') as email_validity,
        attributed.email is not null as has_email,
        versions.email is not null and attributed.email is null as has_placeholder_email,
        attributed.phone is not null as has_phone,
        coalesce(versions.address_line, versions.postcode, versions.city) is not null
        and (
            versions.address_line is null
            or versions.postcode is null
            or versions.city is null
            or versions.country is null
        ) as has_incomplete_address,
        versions.updated_at
    from attributed
    inner join versions on attributed.record_id = versions.contact_version_id
    left join remaining on attributed.profile_id = remaining.profile_id
    left join deliverability on attributed.email_identifier = deliverability.email_identifier
    left join contacts on attributed.profile_id = contacts.profile_id
)

select * from judged
