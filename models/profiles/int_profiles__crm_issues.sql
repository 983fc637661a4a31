-- A new issue joins with one select here and its row in `hygiene_issues`.
with

records as (
    select * from {{ ref('int_profiles__crm_records') }}
),

candidates as (
    select * from {{ ref('int_profiles__contact_candidates') }}
    where source_model = 'stg_crm__contacts'
),

winners as (
    select * from {{ ref('int_profiles__contact_winners') }}
),

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

unioned as (
    {%- for issue, attribute, condition in issues %}
    select
        contact_id,
        profile_id,
        '{{ issue }}' as issue,
        '{{ attribute }}' as attribute,
        case when '{{ issue }}' = 'duplicate' then remaining_contact_id end
            as merge_into_contact_id,
        case when '{{ attribute }}' = 'email' then golden_email_source end as believed_source
    from records
    where {{ condition }}
    union all
    {%- endfor %}
    select
        records.contact_id,
        records.profile_id,
        'conflicting_attribute' as issue,
        candidates.attribute,
        cast(null as text) as merge_into_contact_id,
        winners.source_model as believed_source
    from records
    inner join candidates on records.contact_version_id = candidates.record_id
    inner join winners
        on
            candidates.profile_id = winners.profile_id
            and candidates.attribute = winners.attribute
    where candidates.value_key <> winners.value_key
)

select * from unioned
