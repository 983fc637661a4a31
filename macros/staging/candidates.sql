{#- What is ranked: on a full refresh all that arrived, which is every row of every current load. -#}
{%- macro candidates_of_full_refresh() -%}
gone_loads as (

    select cast(null as text) as load_id
    where 1 = 0

),

candidates as not materialized (

    select * from arrived

),
{%- endmacro -%}

{#- An incremental run ranks what arrived together with every stored copy of the same records, and
    with the records that lost a copy because its file was replaced. -#}
{%- macro candidates_among_stored() -%}
gone_loads as (

    select load_id
    from {{ source('landing', 'landing_loads') }}
    where table_name = '{{ raw_table() }}' and not is_current

),

touched_keys as (

    select _record_key from arrived
    union
    select _record_key
    from {{ this }}
    where _load_id in (select gone_loads.load_id from gone_loads)

),

stored as (

    select {{ base_columns() | join(', ') }}
    from {{ this }}
    where _record_key in (select touched_keys._record_key from touched_keys)

),

candidates as materialized (

    select arrived.* from arrived
    union all
    select stored.*
    from stored
    left join arrived
        on stored._load_id = arrived._load_id and stored._row_number = arrived._row_number
    where arrived._load_id is null

),
{%- endmacro -%}
