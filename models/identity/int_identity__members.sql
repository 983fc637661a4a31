with

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

components as (
    select * from {{ ref('int_identity__components') }}
),

shared_identifiers as (
    select * from {{ ref('int_identity__shared_identifiers') }}
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

-- An identifier without a surviving link is a component of its own.
members as (
    select
        identifiers.identifier_key,
        coalesce(components.component_id, identifiers.identifier_key) as component_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifier_types.strength,
        identifiers.first_observed_at
    from identifiers
    inner join identifier_types
        on identifiers.identifier_type = identifier_types.identifier_type
    left join components
        on identifiers.identifier_key = components.node_id
    left join shared_identifiers
        on identifiers.identifier_key = shared_identifiers.identifier_key
    where not identifiers.is_blocked and shared_identifiers.identifier_key is null
)

select * from members
