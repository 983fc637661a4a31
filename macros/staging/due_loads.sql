{#- A load is due if it is current and the model has none of its rows. The model itself is the
    state, so failed runs and loads that commit out of order need no special handling. -#}
{%- macro due_loads(channel, entity) -%}
    {% if is_incremental() %}
    staged_loads as (
        {{ staged_loads() }}
    ),
    {% endif %}
    due_loads as (
        select
            loads.load_id,
            loads.loaded_at
        from loads
        where
            loads.table_name = '{{ channel }}__{{ entity }}' and loads.is_current
            {%- if is_incremental() %}
            and (loads.load_id, loads.loaded_at) not in (
                select staged_loads._load_id, staged_loads._loaded_at from staged_loads
            )
            {%- endif %}
    ),
{%- endmacro -%}
