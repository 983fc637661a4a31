{# Audiences are all models whose name begins with `aud_`. #}
{% macro audience_list() -%}
    select
        audience_name,
        channel,
        cast(priority as bigint) as priority
    from (
        values
        {%- if execute %}
        {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            if node.name.startswith('aud_') %}
        ('{{ node.name }}', '{{ audience_setting(node.name, 'channel') }}', {{ audience_setting(node.name, 'priority') }}),
        {%- endfor %}
        {%- endif %}
        (null, null, null)
    ) as listed (audience_name, channel, priority)
    where audience_name is not null
{%- endmacro %}
