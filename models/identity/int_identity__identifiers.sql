with

observations as (
    select * from {{ ref('int_identity__observations') }}
),

blocklist as (
    select * from {{ ref('identifier_blocklist') }}
),

aggregated as (
    select
        identifier_type,
        identifier_value,
        cast(sum(record_count) as bigint) as record_count,
        min(first_observed_at) as first_observed_at,
        max(last_observed_at) as last_observed_at
    from observations
    group by identifier_type, identifier_value
),

-- Every rule that matches is looked at once; the one of the first priority gives the reason.
blocked as (
    select
        aggregated.identifier_type,
        aggregated.identifier_value,
        min(blocklist.priority) as blocklist_priority
    from aggregated
    inner join blocklist
        on
            aggregated.identifier_type = blocklist.identifier_type
            and case
                when blocklist.match_type = 'value'
                    then aggregated.identifier_value = blocklist.pattern
                else {{ fits_pattern('aggregated.identifier_value', 'blocklist.pattern') }}
            end
    group by aggregated.identifier_type, aggregated.identifier_value
),

keyed as (
    select
        cast(row_number() over (
            order by aggregated.identifier_type, aggregated.identifier_value
        ) as bigint) as identifier_key,
        aggregated.identifier_type,
        aggregated.identifier_value,
        blocklist.priority is not null as is_blocked,
        blocklist.reason as blocked_reason,
        aggregated.record_count,
        aggregated.first_observed_at,
        aggregated.last_observed_at
    from aggregated
    left join blocked
        on
            aggregated.identifier_type = blocked.identifier_type
            and aggregated.identifier_value = blocked.identifier_value
    left join blocklist
        on
            blocked.identifier_type = blocklist.identifier_type
            and blocked.blocklist_priority = blocklist.priority
)

select * from keyed
