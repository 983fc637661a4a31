{# Numbers of the types for which something holds, e.g. graph_type_numbers(plan, is_linking=false). #}
{% macro graph_type_numbers(plan, is_linking=none, has_limit=none, has_window=none) %}
    {% set numbers = [] %}
    {% for type in plan.types
        if (is_linking is none or type.is_linking == is_linking)
        and (has_limit is none or type.has_limit == has_limit)
        and (has_window is none or type.has_window == has_window) %}
        {% do numbers.append(type.number) %}
    {% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# Condition that an identifier key is of one of some types. #}
{% macro graph_is_of_types(identifier_key, numbers) -%}
    {%- if numbers -%}
    {{ identifier_type_number(identifier_key) }} in ({{ numbers | join(', ') }})
    {%- else -%}
    1 = 0
    {%- endif -%}
{%- endmacro %}

{#
    Whether an identifier is a node. One that is shared or blocked is a node without links, so that records
    with nothing else have a profile too: that of a mailbox, not of a person.
#}
{% macro graph_is_node(plan, identifier_key='identifier_key') -%}
    record_count > 0 and not ({{ graph_is_of_types(identifier_key, graph_type_numbers(plan, is_linking=false)) }})
{%- endmacro %}
