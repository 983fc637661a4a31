{{ config(materialized='view') }}

-- A new issue joins with one line here and its row in `hygiene_issues`.
{%- set issues = [
    ('duplicate', 'record', 'contact_id <> remaining_contact_id'),
    ('bounced_email', 'email', "has_email and email_validity = 'bounced'"),
    ('no_valid_email', 'email', 'not has_email and not has_placeholder_email'),
    ('placeholder_email', 'email', 'has_placeholder_email'),
    ('missing_consent', 'consent', 'not has_consent_record'),
    ('stale', 'record', is_stale_record('updated_at', 'last_interaction_at', as_of())),
    ('incomplete_address', 'address', 'has_incomplete_address'),
    ('no_valid_phone', 'phone', 'not has_phone'),
] %}
{%- for attribute in contact_attributes() -%}
{%- do issues.append(('conflicting_attribute', attribute, 'has_other_' ~ attribute)) -%}
{%- endfor %}

with

records as (
    select * from {{ ref('int_profiles__crm_records') }}
),

unioned as (
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

select * from unioned
