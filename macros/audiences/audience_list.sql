{# Select with one row per audience: every model whose name begins with `aud_`, and its priority. #}
{% macro audience_list() -%}
    select
        audience_name,
        cast(priority as bigint) as priority
    from (
        values
        {%- if execute %}
        {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            if node.name.startswith('aud_') %}
        ('{{ node.name }}', {{ audience_setting(node.name, 'priority') }}),
        {%- endfor %}
        {%- endif %}
        (null, null)
    ) as listed (audience_name, priority)
    where audience_name is not null
{%- endmacro %}
