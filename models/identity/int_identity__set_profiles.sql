{{ config(materialized='table') }}

with

identifier_sets as (
    select * from {{ graph_table('sets', ref('identity_graph')) }}
),

nodes as (
    select * from {{ ref('identity_graph') }}
),

identifiers as (
    select * from {{ graph_table('identifiers', ref('identity_graph')) }}
),

clusters as (
    select * from {{ graph_table('clusters', ref('identity_graph')) }}
),

-- Identifiers stand in the order of their source's entry in identity_sources, the strongest
-- first. One that several people share speaks only where no other does.
members as (
    select
        set_key,
        unnest(identifier_keys) as identifier_key,
        generate_subscripts(identifier_keys, 1) as position_in_set
    from identifier_sets
),

placed as (
    select
        members.set_key,
        nodes.cluster_id,
        row_number() over (
            partition by members.set_key
            order by
                case
                    when identifiers.is_shared or identifiers.blocking_priority is not null then 1
                    else 0
                end,
                members.position_in_set
        ) as rank_in_set
    from members
    inner join nodes
        on members.identifier_key = nodes.identifier_key
    inner join identifiers
        on members.identifier_key = identifiers.identifier_key
),

attributed as (
    select
        placed.set_key,
        clusters.profile_id
    from placed
    inner join clusters
        on placed.cluster_id = clusters.cluster_id
    where placed.rank_in_set = 1
)

select * from attributed
