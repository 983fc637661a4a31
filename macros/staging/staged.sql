{#- The rest of a base model after its author's CTEs; the last one is `staged`. -#}
{%- macro staged(relation, key, newest_first, rules) -%}
checked as (

    select
        *,
        {{ record_key(key) }} as _record_key,
        case
            {%- for condition, reason in rules %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
        end as _quarantine_reason
    from {{ relation }}
    {{ optimisation_fence() }}

),

described as (

    select
        *,
        case when _quarantine_reason is not null then {{ original_text() }} end as _original_text
    from checked

),

-- Here and no earlier: before this the rows still carry their raw columns.
arrived as materialized (

    select {{- base_select_items(newest_first) }}
    from described

),

{{ candidates_among_stored() if is_incremental() else candidates_of_full_refresh() }}

{{ ranked_copies(newest_first) }}

{{ rows_of_batch(newest_first) }}
{%- endmacro -%}
