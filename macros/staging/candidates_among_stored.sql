{#- An incremental run compares the new rows with the existing rows of the same records, and also
    re-evaluates records that lost a row because its file was replaced or removed. -#}
{%- macro candidates_among_stored() -%}
removed_loads as (
    {%- if model.in_place %}
    {{ rows_removed_in_place() }}
    {%- else %}
    select
        staged_loads._load_id,
        staged_loads._loaded_at
    from ({{ staged_loads() }}) as staged_loads
    left join {{ source('landing', 'landing_loads') }} as loads
        on
            staged_loads._load_id = loads.load_id
            and staged_loads._loaded_at = loads.loaded_at
            and loads.is_current
    where loads.load_id is null
    {%- endif %}
),

affected_keys as (
    select _record_key from new_rows
    union
    {{ keys_of_loads('removed_loads') }}
),

existing_rows as (
    {{ rows_of_keys('affected_keys') }}
),

candidates as materialized (
    select new_rows.* from new_rows
    union all
    select existing_rows.*
    from existing_rows
    left join new_rows
        on
            existing_rows._load_id = new_rows._load_id
            and existing_rows._row_number = new_rows._row_number
            -- A row in place whose key has changed leaves its earlier record.
            and existing_rows._record_key = new_rows._record_key
    where new_rows._load_id is null
),
{%- endmacro -%}
