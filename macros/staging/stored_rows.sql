{#- Keys of the stored rows of some loads. -#}
{%- macro default__keys_of_loads(loads) -%}
    select _record_key
    from {{ this }}
    where (_load_id, _loaded_at) in (select {{ loads }}._load_id, {{ loads }}._loaded_at from {{ loads }})
{%- endmacro -%}

{#- PostgreSQL cannot tell how few these are and would read the whole table: made to look them up. -#}
{%- macro postgres__keys_of_loads(loads) -%}
    select base._record_key
    from {{ loads }}
    cross join lateral (
        select stored._record_key
        from {{ this }} as stored
        where stored._load_id = {{ loads }}._load_id and stored._loaded_at = {{ loads }}._loaded_at
        {{ optimisation_fence() }}
    ) as base
{%- endmacro -%}

{#- Stored rows with some keys. -#}
{%- macro default__rows_of_keys(keys) -%}
    select {{ base_columns() | join(', ') }}
    from {{ this }}
    where _record_key in (select {{ keys }}._record_key from {{ keys }})
{%- endmacro -%}

{%- macro postgres__rows_of_keys(keys) -%}
    select base.*
    from {{ keys }}
    cross join lateral (
        select {{ base_columns() | join(', ') }}
        from {{ this }} as stored
        where stored._record_key = {{ keys }}._record_key
        {{ optimisation_fence() }}
    ) as base
{%- endmacro -%}
