{#- Identifiers of a connector by type, and how many of them another connector's records contain. -#}
with

sources as (
    select
        source_model like 'stg\_' || {{ connector | literal }} || '\_\_%' escape '\' as is_own,
        identifier_type,
        identifier_key
    from {{ identity }}.int_identity__identifier_sources
),

identifiers as (
    select
        identifier_type,
        identifier_key,
        count(case when is_own then 1 end) as own_count,
        count(case when not is_own then 1 end) as other_count
    from sources
    group by identifier_type, identifier_key
)

select
    identifier_type,
    count(case when own_count > 0 then 1 end) as identifier_count,
    count(case when own_count > 0 and other_count > 0 then 1 end) as matched_count,
    count(case when other_count > 0 then 1 end) as other_count
from identifiers
group by identifier_type
having count(case when own_count > 0 then 1 end) > 0
order by identifier_type
