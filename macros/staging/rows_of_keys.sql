{#- Stored copies with some keys: what stands for a record that was gone is none. -#}
{%- macro rows_of_keys(keys) -%}
    {{- adapter.dispatch('rows_of_keys')(keys) -}}
{%- endmacro -%}

{#- Only the keys of all rows are read, and then the few rows: joined at once, all columns would be. -#}
{%- macro default__rows_of_keys(keys) -%}
    select {{ base_columns() | join(', ') }}
    from {{ this }}
    where
        {{ row_locator() }} in (
            select held.{{ row_locator() }} from {{ this }} as held
            where
                held._record_key in (select {{ keys }}._record_key from {{ keys }})
                and held._row_status <> 'removed'
        )
{%- endmacro -%}

{#- For PostgreSQL as in keys_of_loads. -#}
{%- macro postgres__rows_of_keys(keys) -%}
    select base.*
    from {{ keys }}
    cross join lateral (
        select {{ base_columns() | join(', ') }}
        from {{ this }} as stored
        where
            stored._record_key = {{ keys }}._record_key
            and stored._row_status <> 'removed'
        {{ optimisation_fence() }}
    ) as base
{%- endmacro -%}
