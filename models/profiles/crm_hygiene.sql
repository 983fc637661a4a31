{{ config(materialized='view') }}

with

records as (
    select * from {{ ref('int_profiles__crm_records') }}
),

fixes as (
    select * from {{ ref('crm_proposed_fixes') }}
),

summed_fixes as (
    select
        contact_id,
        count(*) as issue_count,
        {%- for issue in ['duplicate', 'bounced_email', 'missing_consent', 'stale'] %}
        count(case when issue = '{{ issue }}' then 1 end) as {{ issue }}_count,
        {%- endfor %}
        count(
            case when issue in ('no_valid_email', 'placeholder_email') then 1 end
        ) as no_email_count,
        count(case when issue = 'conflicting_attribute' then 1 end) as conflict_count,
        cast(sum(penalty_points) as bigint) as penalty_points
    from fixes
    group by contact_id
),

scored_records as (
    select
        records.contact_id,
        records.profile_id,
        coalesce(summed_fixes.duplicate_count, 0) > 0 as is_duplicate,
        coalesce(summed_fixes.stale_count, 0) > 0 as is_stale,
        coalesce(summed_fixes.bounced_email_count, 0) > 0 as has_bounced_email,
        coalesce(summed_fixes.no_email_count, 0) = 0 as has_valid_email,
        coalesce(summed_fixes.missing_consent_count, 0) = 0 as has_consent_record,
        {{ hygiene_score('summed_fixes.penalty_points') }} as hygiene_score,
        coalesce(summed_fixes.issue_count, 0) as issue_count,
        coalesce(summed_fixes.conflict_count, 0) as conflict_count,
        records.updated_at
    from records
    left join summed_fixes on records.contact_id = summed_fixes.contact_id
)

select * from scored_records
