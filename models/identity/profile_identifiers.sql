with

placed_identifiers as (
    select * from {{ ref('int_identity__placed_identifiers') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

dictionary as (
    select * from {{ graph_table('dictionary', ref('identity_graph')) }}
),

named as (
    select
        placed_identifiers.identifier_type,
        dictionary.identifier_value,
        clusters.profile_id,
        placed_identifiers.is_blocked,
        placed_identifiers.is_shared,
        placed_identifiers.record_count,
        placed_identifiers.first_observed_at,
        placed_identifiers.last_observed_at
    from placed_identifiers
    inner join dictionary
        on placed_identifiers.identifier_key = dictionary.identifier_key
    left join clusters
        on placed_identifiers.cluster_id = clusters.cluster_id
)

select * from named
