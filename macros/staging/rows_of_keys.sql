{#- Rows with status `removed` are left out, because they are not copies of the record. -#}
{%- macro rows_of_keys(keys) -%}
    {{- adapter.dispatch('rows_of_keys')(keys) -}}
{%- endmacro -%}

{#- Find the row locators first and read the columns of these rows only: a join would read all
    columns of the table. -#}
{%- macro default__rows_of_keys(keys) -%}
    select {{ base_columns() | join(', ') }}
    from {{ this }}
    where
        {{ row_locator() }} in (
            select existing.{{ row_locator() }} from {{ this }} as existing
            where
                existing._record_key in (select {{ keys }}._record_key from {{ keys }})
                and existing._row_status <> 'removed'
        )
{%- endmacro -%}

{#- Index look-up as in keys_of_loads. -#}
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
