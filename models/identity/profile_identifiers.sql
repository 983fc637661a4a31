with

assigned_identifiers as (
    select * from {{ ref('int_identity__assigned_identifiers') }}
),

clusters as (
    select * from {{ ref('identity_graph__clusters') }}
),

dictionary as (
    select * from {{ ref('identity_graph__dictionary') }}
),

named_identifiers as (
    select
        assigned_identifiers.identifier_type,
        dictionary.identifier_value,
        clusters.profile_id,
        assigned_identifiers.is_blocked,
        assigned_identifiers.is_shared,
        assigned_identifiers.record_count,
        assigned_identifiers.first_observed_at,
        assigned_identifiers.last_observed_at
    from assigned_identifiers
    inner join dictionary
        on assigned_identifiers.identifier_key = dictionary.identifier_key
    left join clusters
        on assigned_identifiers.cluster_id = clusters.cluster_id
)

select * from named_identifiers
