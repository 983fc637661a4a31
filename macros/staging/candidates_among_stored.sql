{#- An incremental run ranks what arrived together with every stored copy of the same records, and
    with the records that lost a copy because its file was replaced or taken out. -#}
{%- macro candidates_among_stored() -%}
gone_loads as (

    select
        held._load_id,
        held._loaded_at
    from ({{ staged_loads() }}) as held
    left join {{ source('landing', 'landing_loads') }} as loads
        on held._load_id = loads.load_id and held._loaded_at = loads.loaded_at and loads.is_current
    where loads.load_id is null

),

touched_keys as (

    select _record_key from arrived
    union
    {{ keys_of_loads('gone_loads') }}

),

stored as (

    {{ rows_of_keys('touched_keys') }}

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
