{{ config(materialized='view') }}

-- To add an issue, add one line here and a row to seed `hygiene_issues`.
{%- set issues = [
    ('duplicate', 'record', 'contact_id <> remaining_contact_id'),
    ('bounced_email', 'email', "has_email and email_validity = 'bounced'"),
    ('no_valid_email', 'email', 'not has_email and not has_placeholder_email'),
    ('placeholder_email', 'email', 'has_placeholder_email'),
    ('missing_consent', 'consent', 'not is_consent_recorded'),
    ('stale', 'record', is_stale_record('updated_at', 'last_heard_at', as_of())),
    ('incomplete_address', 'address', 'has_incomplete_address'),
    ('no_valid_phone', 'phone', 'not has_phone'),
] %}
{%- for attribute in contact_attributes() -%}
{%- do issues.append(('conflicting_attribute', attribute, 'has_other_' ~ attribute)) -%}
{%- endfor %}

with

consents as (
    select * from {{ ref('profile_consents') }}
    where channel = 'email' and purpose = 'marketing'
),

activity as (
    select * from {{ ref('int_profiles__activity') }}
),

records as (
    select
        crm_records.*,
        consents.profile_id is not null as is_consent_recorded,
        activity.last_interaction_at as last_heard_at
    from {{ ref('int_profiles__crm_records') }} as crm_records
    left join consents on crm_records.profile_id = consents.profile_id
    left join activity on crm_records.profile_id = activity.profile_id
),

found_issues as (
    {%- for issue, attribute, condition in issues %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select
        contact_id,
        profile_id,
        '{{ issue }}' as issue,
        '{{ attribute }}' as attribute,
        {{ 'remaining_contact_id' if issue == 'duplicate' else 'cast(null as text)' }}
            as merge_into_contact_id,
        {{ 'golden_' ~ attribute ~ '_source'
            if attribute == 'email' or issue == 'conflicting_attribute'
            else 'cast(null as text)' }} as believed_source
    from records
    where {{ condition }}
    {%- endfor %}
)

select * from found_issues
