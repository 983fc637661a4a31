-- Past totals cannot be recomputed from current records, so a full refresh keeps this table.
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='total_id',
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}

with

hygiene as (
    select * from {{ ref('crm_hygiene') }}
),

fixes as (
    select distinct
        contact_id,
        issue
    from {{ ref('crm_proposed_fixes') }}
),

rules as (
    select * from {{ ref('hygiene_issues') }}
),

summed_hygiene as (
    select
        count(*) as contact_count,
        {{ average_amount('sum(hygiene_score)', 'count(*)') }} as average_score
    from hygiene
),

summed_fixes as (
    select
        issue,
        count(*) as issue_contact_count
    from fixes
    group by issue
),

issue_totals as (
    select
        {{ surrogate_key(['cast(' ~ as_of() ~ ' as date)', 'rules.issue']) }} as total_id,
        cast({{ as_of() }} as date) as total_date,
        rules.issue,
        summed_hygiene.contact_count,
        coalesce(summed_fixes.issue_contact_count, 0) as issue_contact_count,
        summed_hygiene.average_score
    from rules
    cross join summed_hygiene
    left join summed_fixes on rules.issue = summed_fixes.issue
    -- In a build with `--empty`, all counts would be 0 and replace the real ones.
    where {{ not flags.EMPTY }}
)

select * from issue_totals
