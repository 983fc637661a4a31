{%- macro keys_of_loads(loads) -%}
    {{- adapter.dispatch('keys_of_loads')(loads) -}}
{%- endmacro -%}

{%- macro default__keys_of_loads(loads) -%}
    select _record_key
    from {{ this }}
    where
        (_load_id, _loaded_at) in (
            select {{ loads }}._load_id, {{ loads }}._loaded_at from {{ loads }}
        )
{%- endmacro -%}

{#- The lateral join forces an index look-up: PostgreSQL overestimates the number of rows and would
    scan the table. -#}
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
