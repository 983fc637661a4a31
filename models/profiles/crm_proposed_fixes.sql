with

issues as (
    select * from {{ ref('int_profiles__crm_issues') }}
),

rules as (
    select * from {{ ref('hygiene_issues') }}
),

proposed_fixes as (
    select
        {{ surrogate_key(['issues.contact_id', 'issues.issue', 'issues.attribute']) }} as fix_id,
        issues.contact_id,
        issues.profile_id,
        issues.merge_into_contact_id,
        issues.issue,
        issues.attribute,
        issues.believed_source,
        rules.proposed_fix,
        rules.priority,
        rules.penalty_points
    from issues
    left join rules on issues.issue = rules.issue
)

select * from proposed_fixes
