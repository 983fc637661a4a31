{#- A row without a key is a record of its own, so that it can be counted and quarantined. -#}
{%- macro record_key(key) -%}
    coalesce(
        {% if key is string %}cast({{ key }} as text){% else %}{{ surrogate_key(key) }}{% endif %},
        {{ landed_key() }}
    )
{%- endmacro -%}
