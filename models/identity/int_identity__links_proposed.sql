with

observations as (
    select * from {{ ref('int_identity__observations') }}
),

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

identifier_sets as (
    select * from {{ ref('int_identity__identifier_sets') }}
),

observed_keys as (
    select
        observations.identifier_set_id,
        identifiers.identifier_key
    from observations
    inner join identifiers
        on
            observations.identifier_type = identifiers.identifier_type
            and observations.identifier_value = identifiers.identifier_value
    where not identifiers.is_blocked
),

paired as (
    select
        keys_a.identifier_key as identifier_key_a,
        keys_b.identifier_key as identifier_key_b,
        keys_a.identifier_set_id
    from observed_keys as keys_a
    inner join observed_keys as keys_b
        on
            keys_a.identifier_set_id = keys_b.identifier_set_id
            and keys_a.identifier_key < keys_b.identifier_key
),

evidenced as (
    select
        paired.identifier_key_a,
        paired.identifier_key_b,
        cast(sum(identifier_sets.record_count) as bigint) as record_count,
        count(distinct identifier_sets.source_model) as source_count,
        -- The sample's source and record belong together, so they are picked as one text.
        min(
            identifier_sets.source_model || ':' || identifier_sets.sample_record_id
        ) as sample_record,
        min(identifier_sets.first_observed_at) as first_observed_at,
        max(identifier_sets.last_observed_at) as last_observed_at
    from paired
    inner join identifier_sets
        on paired.identifier_set_id = identifier_sets.identifier_set_id
    group by paired.identifier_key_a, paired.identifier_key_b
)

select * from evidenced
