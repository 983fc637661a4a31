{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    unique_key='combination_key',
    on_schema_change='append_new_columns',
    indexes=index_columns(['combination_key', 'assigned_run']),
    meta={'kept_when': 'profile_id is not null'},
    post_hook="{{ record_processed() }}",
) }}

{%- set since = last_assigned_run() -%}

with

-- Read twice with few columns: DuckDB would materialize a CTE of dbt with all rows.
-- depends_on: {{ ref('identity_graph__combinations') }}
combinations as not materialized (
    select * from {{ graph_table('combinations', ref('identity_graph')) }}
),

nodes as (
    select * from {{ ref('identity_graph') }}
),

identifiers as (
    select * from {{ ref('identity_graph__identifiers') }}
),

clusters as (
    select * from {{ ref('identity_graph__clusters') }}
),

graph_state as (
    select * from {{ ref('identity_graph__state') }}
),

stored as (
    {{ stored_rows({'combination_key': 'bigint', 'profile_id': 'text'}) }}
),

touched as (
    {{ touched_combinations(since) }}
),

-- Identifiers are in the order of their source's entry in identity_sources. A shared or blocked one
-- counts only where a combination has no other.
members as (
    select
        combination_key,
        unnest(identifier_keys) as identifier_key,
        generate_subscripts(identifier_keys, 1) as position_in_combination
    from combinations
    where combination_key in (select touched.combination_key from touched)
),

ranked as (
    select
        members.combination_key,
        nodes.cluster_id,
        row_number() over (
            partition by members.combination_key
            order by
                identifiers.is_shared or identifiers.blocking_priority is not null,
                members.position_in_combination
        ) as row_number
    from members
    inner join nodes
        on members.identifier_key = nodes.identifier_key
    inner join identifiers
        on members.identifier_key = identifiers.identifier_key
),

assigned as (
    select
        ranked.combination_key,
        clusters.profile_id
    from ranked
    inner join clusters
        on ranked.cluster_id = clusters.cluster_id
    where ranked.row_number = 1
),

-- A combination that was removed has no profile; its row is deleted.
changed as (
    select
        touched.combination_key,
        assigned.profile_id
    from touched
    left join assigned on touched.combination_key = assigned.combination_key
    left join stored on touched.combination_key = stored.combination_key
    where {{ 'coalesce(assigned.profile_id, stored.profile_id) is not null' if since is none
        else 'assigned.profile_id is distinct from stored.profile_id' }}
),

numbered as (
    select
        changed.combination_key,
        changed.profile_id,
        graph_state.last_run as assigned_run
    from changed
    cross join graph_state
)

select * from numbered
