{# One audience's select of the union of members, with the settings of its `config.meta`. #}
{% macro audience_members(audience) -%}
    select
        '{{ audience }}' as audience_name,
        profile_id,
        cast('{{ audience_setting(audience, "channel") }}' as text) as channel,
        cast('{{ audience_setting(audience, "purpose") }}' as text) as purpose,
        cast({{ audience_setting(audience, "priority") }} as bigint) as priority,
        {{ is_held_out(
            audience, 'profile_id', audience_setting(audience, 'holdout_percentage')
        ) }} as is_holdout
    from {{ ref(audience) }}
{%- endmacro %}
