{#
    Records of a source with the keys of their identifiers (key_1 and so on, null where missing): all, or those of
    the batches after `since`. Records with attributes alone have no profile and are left out.
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
            {%- if source.since is not none %} where _staged_batch > {{ source.since }}{% endif %}
        ) as keyed
        where coalesce({{ graph_linking_columns(source, plan.types) | join(', ') }}) is not null
    {% endif %}
{% endmacro %}

{% macro graph_key_columns(source) %}
    {% set columns = [] %}
    {% for number in range(1, (2 if source.is_override else source.identifiers | length) + 1) %}
        {% do columns.append('key_' ~ number) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}

{# Key columns of a source whose identifiers are of types that link. #}
{% macro graph_linking_columns(source, types) %}
    {% set linking = types | selectattr('is_linking') | map(attribute='identifier_type') | list %}
    {% set columns = [] %}
    {% for identifier_type in source.identifiers %}
        {% if identifier_type in linking %}{% do columns.append('key_' ~ loop.index) %}{% endif %}
    {% endfor %}
    {% do return(columns or ['cast(null as bigint)']) %}
{% endmacro %}

{#
    Condition that a record has an identifier of a type that links, for what reads the sightings of
    one type: a sighting of a type that links fulfils it by itself.
#}
{% macro graph_is_linked(source, identifier_type, types) -%}
    {%- set linking = types | selectattr('is_linking') | map(attribute='identifier_type') | list -%}
    {%- set expressions = [] -%}
    {%- for other, expression in source.identifiers.items() if other in linking -%}
        {%- do expressions.append('cast(' ~ expression ~ ' as text)') -%}
    {%- endfor -%}
    {%- if identifier_type in linking -%}
    1 = 1
    {%- else -%}
    coalesce({{ (expressions or ['cast(null as text)']) | join(', ') }}) is not null
    {%- endif -%}
{%- endmacro %}

{% macro graph_count_not_null(columns) -%}
    {% for column in columns %}case when {{ column }} is null then 0 else 1 end{{ ' + ' if not loop.last }}{% endfor %}
{%- endmacro %}
