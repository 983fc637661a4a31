with

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

shared_identifiers as (
    select * from {{ ref('int_identity__shared_identifiers') }}
),

links as (
    select * from {{ ref('int_identity__links') }}
),

withheld_ends as (
    select identifier_key_a as identifier_key
    from links
    where withheld_reason is not null
    union all
    select identifier_key_b as identifier_key
    from links
    where withheld_reason is not null
),

withheld_counts as (
    select
        identifier_key,
        count(*) as withheld_link_count
    from withheld_ends
    group by identifier_key
),

suspects as (
    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        case
            when identifiers.is_blocked then 'blocklisted: ' || identifiers.blocked_reason
            else
                'shared: ' || shared_identifiers.neighbour_type || ' beyond the limit of '
                || shared_identifiers.limit_of_stronger
        end as reason,
        shared_identifiers.neighbour_type,
        shared_identifiers.neighbour_count,
        coalesce(withheld_counts.withheld_link_count, 0) as withheld_link_count,
        identifiers.record_count,
        identifiers.first_observed_at,
        identifiers.last_observed_at
    from identifiers
    left join shared_identifiers
        on identifiers.identifier_key = shared_identifiers.identifier_key
    left join withheld_counts
        on identifiers.identifier_key = withheld_counts.identifier_key
    where identifiers.is_blocked or shared_identifiers.identifier_key is not null
)

select * from suspects
