{{ config(materialized='view') }}

-- Has keys only, since models that count identifiers need neither values nor profile ids.
with

identifiers as (
    select * from {{ ref('identity_graph__identifiers') }}
    where record_count > 0
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
    where is_linking
),

nodes as (
    select * from {{ ref('identity_graph') }}
),

assigned_identifiers as (
    select
        identifiers.identifier_key,
        identifier_types.identifier_type,
        nodes.cluster_id,
        identifiers.blocking_priority is not null as is_blocked,
        identifiers.is_shared,
        identifiers.record_count,
        identifiers.first_observed_at,
        identifiers.last_observed_at
    from identifiers
    inner join identifier_types
        on identifiers.identifier_type = identifier_types.identifier_type
    left join nodes
        on identifiers.identifier_key = nodes.identifier_key
)

select * from assigned_identifiers
