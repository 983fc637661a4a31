{#- CTEs of the loads to stage: current, and on an incremental run not held by the model yet. What
    the model holds is the state, so that a run that failed, or loads that commit out of order,
    leave nothing behind. -#}
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
