{# An audience with channel `none` sends no messages, so it has no holdout. #}
{% macro audience_members(audience) -%}
    {%- set channel = audience_setting(audience, 'channel') -%}
    select
        '{{ audience }}' as audience_name,
        profile_id,
        cast('{{ channel }}' as text) as channel,
        cast('{{ audience_setting(audience, "purpose") }}' as text) as purpose,
        cast({{ audience_setting(audience, "priority") }} as bigint) as priority,
        {% if channel == 'none' %}
        false as is_holdout
        {% else %}
        {{ is_held_out(
            audience, 'profile_id', audience_setting(audience, 'holdout_percentage')
        ) }} as is_holdout
        {% endif %}
    from {{ ref(audience) }}
{%- endmacro %}
