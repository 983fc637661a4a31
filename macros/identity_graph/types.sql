{# Strength of the type that a key says. #}
{% macro graph_strength(plan, identifier_key) -%}
    case {{ identifier_type_number(identifier_key) }}
        {%- for type in plan.types %}
        when {{ loop.index0 }} then {{ type.strength }}
        {%- endfor %}
    end
{%- endmacro %}

{# Whether an end of a link is of a type that only counts. #}
{% macro graph_has_attribute(plan) -%}
    {%- set numbers = graph_attribute_numbers(plan) -%}
    {%- if numbers -%}
        {{ identifier_type_number('identifier_key_a') }} in ({{ numbers | join(', ') }})
        or {{ identifier_type_number('identifier_key_b') }} in ({{ numbers | join(', ') }})
    {%- else -%}
        1 = 0
    {%- endif -%}
{%- endmacro %}

{# Numbers of the types that never link. #}
{% macro graph_attribute_numbers(plan) %}
    {% set numbers = [] %}
    {% for type in plan.types if not type.is_linking %}{% do numbers.append(plan.types.index(type)) %}{% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# Numbers of the types that link for a time. #}
{% macro graph_windows(plan) %}
    {% set numbers = [] %}
    {% for type in plan.types if type.link_window_days is not none %}{% do numbers.append(plan.types.index(type)) %}{% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# How long the type of a key links after it was last seen with another, null where for ever. #}
{% macro graph_window(plan, identifier_key) -%}
    case {{ identifier_type_number(identifier_key) }}
        {%- for number in graph_windows(plan) %}
        when {{ number }} then interval '{{ plan.types[number].link_window_days }} days'
        {%- endfor %}
    end
{%- endmacro %}

{#
    Whether an identifier is a node. One that is shared or blocked is a node without links, so that records
    which carry nothing else have a profile too: that of a mailbox, not of a person.
#}
{% macro graph_is_node(plan) -%}
    {%- set attributes = plan.types | rejectattr('is_linking') | map(attribute='strength') | list -%}
    record_count > 0{% if attributes %} and strength not in ({{ attributes | join(', ') }}){% endif %}
{%- endmacro %}
