{#
    Records of a source with the key of each of their identifiers, key_1 and so on, null where there is
    none: all of them, or those of the batches after `since`.
#}
{% macro graph_keyed_records(source, plan) %}
    {% if source.is_override %}
        {{ graph_override_keys(plan.key_seed, plan.types) }}
    {% else %}
        select * from (
            select
                cast({{ source.record_id }} as text) as record_id,
                cast({{ source.observed_at }} as timestamp) as observed_at,
                {%- for identifier_type, expression in source.identifiers.items() %}
                {{ identifier_key("'" ~ identifier_type ~ "'", expression, plan.key_seed, plan.types) }} as key_{{ loop.index }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ ref(source.model) }}
            {{ graph_since(source) }}
        ) as keyed
        where coalesce({{ graph_key_columns(source) | join(', ') }}) is not null
    {% endif %}
{% endmacro %}

{% macro graph_since(source) %}
    {%- if source.since is not none %} where _staged_batch > {{ source.since }}{% endif -%}
{% endmacro %}

{% macro graph_key_columns(source) %}
    {% set columns = [] %}
    {% for number in range(1, (2 if source.is_override else source.identifiers | length) + 1) %}
        {% do columns.append('key_' ~ number) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}

{% macro graph_count_not_null(columns) -%}
    {% for column in columns %}case when {{ column }} is null then 0 else 1 end{{ ' + ' if not loop.last }}{% endfor %}
{%- endmacro %}
