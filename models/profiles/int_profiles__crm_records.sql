{{ incremental_by('profile') }}

-- Consent and the last interaction can change without a contact record, so they are joined later,
-- in int_profiles__crm_issues.
with

versions as (
    select * from {{ ref('input_crm_contacts') }}
),

crm_contacts as (
    select * from {{ changed('int_profiles__contacts_attributed') }}
    where source_model in (select versions.source_model from versions)
),

deliverability as (
    select * from {{ ref('int_profiles__email_deliverability') }}
),

contacts as (
    select * from {{ changed('profile_contacts') }}
),

profiles_with_duplicates as (
    select profile_id from crm_contacts
    group by profile_id
    having count(*) > 1
),

-- Of several contacts of one profile, the most recently updated one is kept.
ranked_duplicates as (
    select
        crm_contacts.profile_id,
        versions.contact_id,
        row_number() over (
            partition by crm_contacts.profile_id
            order by versions.observed_at desc, versions.contact_id
        ) as duplicate_number
    from crm_contacts
    inner join versions
        on
            crm_contacts.source_model = versions.source_model
            and crm_contacts.record_id = versions.record_id
    where crm_contacts.profile_id in (select profile_id from profiles_with_duplicates)
),

remaining_contacts as (
    select * from ranked_duplicates
    where duplicate_number = 1
),

evaluated_records as (
    select
        versions.contact_id,
        crm_contacts.profile_id,
        coalesce(remaining_contacts.contact_id, versions.contact_id) as remaining_contact_id,
        versions.source_model,
        versions.record_id as contact_version_id,
        {%- for attribute in contact_attributes() %}
        contacts.{{ attribute }}_source as golden_{{ attribute }}_source,
        coalesce(
            {{ contact_value_key(attribute, 'crm_contacts') }}
            <> {{ contact_value_key(attribute, 'contacts') }},
            false
        ) as has_other_{{ attribute }},
        {%- endfor %}
        coalesce(deliverability.validity, 'unverified') as email_validity,
        crm_contacts.email is not null as has_email,
        versions.email is not null and crm_contacts.email is null as has_placeholder_email,
        crm_contacts.phone is not null as has_phone,
        coalesce(versions.address_line, versions.postcode, versions.city) is not null
        and (
            versions.address_line is null
            or versions.postcode is null
            or versions.city is null
            or versions.country is null
        ) as has_incomplete_address,
        versions.observed_at as updated_at
    from crm_contacts
    inner join versions
        on
            crm_contacts.source_model = versions.source_model
            and crm_contacts.record_id = versions.record_id
    left join remaining_contacts on crm_contacts.profile_id = remaining_contacts.profile_id
    left join deliverability on crm_contacts.email_identifier = deliverability.email_identifier
    left join contacts on crm_contacts.profile_id = contacts.profile_id
),

-- Two connectors may report the same contact, such as exports and tables of one CRM.
latest_reports as (
    select *
    from evaluated_records
    where
        not exists (
            select 1
            from evaluated_records as others
            where
                others.contact_id = evaluated_records.contact_id
                and (others.updated_at, others.source_model)
                > (evaluated_records.updated_at, evaluated_records.source_model)
        )
)

select * from latest_reports
