{{ config(
    materialized='incremental',
    incremental_strategy='reattributed',
    unique_key='set_key',
    on_schema_change='append_new_columns',
    indexes=index_columns(['set_key', 'attributed_run']),
) }}

{%- set since = last_attributed_run() -%}

with

-- Read twice with few columns: to keep all rows would cost more.
identifier_sets as not materialized (
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

graph_state as (
    select * from {{ graph_table('state', ref('identity_graph')) }}
),

{% if since is not none %}
reattributions as (
    select * from {{ graph_table('reattributions', ref('identity_graph')) }}
    where run_number > {{ since }}
),

touched as (
    select set_key from reattributions
    where set_key is not null
    union
    select members.set_key
    from (
        select
            set_key,
            unnest(identifier_keys) as identifier_key
        from identifier_sets
        where exists (select 1 from reattributions)
    ) as members
    where members.identifier_key in (select identifier_key from reattributions)
),

{% endif %}
-- Identifiers stand in the order of their source's entry in identity_sources, the strongest
-- first. One that several people share speaks only where no other does.
members as (
    select
        set_key,
        unnest(identifier_keys) as identifier_key,
        generate_subscripts(identifier_keys, 1) as position_in_set
    from identifier_sets
    {% if since is not none %}
    where set_key in (select set_key from touched)
    {% endif %}
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
),

{% if since is not none %}
-- A set that went has no profile any more; its row is taken away.
changed as (
    select
        touched.set_key,
        attributed.profile_id
    from touched
    left join attributed on touched.set_key = attributed.set_key
    left join {{ this }} as before on touched.set_key = before.set_key
    where attributed.profile_id is distinct from before.profile_id
),

{% endif %}
stamped as (
    select
        changed.set_key,
        changed.profile_id,
        graph_state.last_run as attributed_run
    from {{ 'attributed' if since is none else 'changed' }} as changed
    cross join graph_state
)

select * from stamped
