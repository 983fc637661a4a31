{%- macro staged(relation, key, newest_first, rules) -%}
checked as (
    select
        *,
        {{ record_key(key) }} as _record_key,
        case
            {%- for rule in rules %}
            {%- for condition, reason in ([rule] if rule[0] is string else rule) %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
            {%- endfor %}
        end as _quarantine_reason
    from {{ relation }}
    {{ optimisation_fence() }}
),

with_original_text as (
    select
        *,
        case when _quarantine_reason is not null then {{ original_text() }} end as _original_text
    from checked
),

-- Raw columns are dropped only here, because the rules and the original text need them.
new_rows as materialized (
    select {{- base_select_items(newest_first) }}
    from with_original_text
),

{{ candidates_among_stored() if is_incremental() else candidates_of_full_refresh() }}

{{ ranked_copies(newest_first) }}

{{ rows_of_batch(newest_first) }}
{%- endmacro -%}
