{{ config(materialized='view') }}

{#- Not a ref(): the snapshot reads this model. -#}
{%- set history = adapter.get_relation(
    database=this.database, schema=this.schema, identifier='profile_history'
) -%}

-- A run with an earlier `as_of()` must not be recorded as the latest state: it returns the latest
-- recorded rows, so that the history does not change.
with

profiles as (
    select * from {{ ref('profiles') }}
),

{% if history_reaches(history) -%}
{%- set kept = adapter.get_columns_in_relation(history) | map(attribute='name') | list -%}
{%- set wanted = adapter.get_columns_in_relation(ref('profiles')) | map(attribute='name') | list -%}
recorded as (
    select {{ wanted | select('in', kept) | join(', ') }}
    from {{ history }}
    where valid_to is null and is_deleted = 'False'
)
{%- else -%}
recorded as (
    select * from profiles
)
{%- endif %}

select * from recorded
