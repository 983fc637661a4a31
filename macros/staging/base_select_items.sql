{#- Casts are needed because `case` loses the precision of a numeric in PostgreSQL, and an
    incremental run would then report a changed column type. -#}
{%- macro base_select_items(newest_first) -%}
    {%- for name in ranked_columns(newest_first) %}
        {%- set type = (model.columns[name] or {}).data_type -%}
        {%- set value = 'cast(' ~ name ~ ' as ' ~ type ~ ')' if type else name %}
        {{ value }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro -%}
