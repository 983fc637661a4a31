{#- Columns of the base model in their declared types, and the one that ranks. PostgreSQL's `case`
    forgets the precision of a numeric, and an incremental run would then refuse the column. -#}
{%- macro base_select_items(newest_first) -%}
    {%- for name in ranked_columns(newest_first) %}
        {%- set type = (model.columns[name] or {}).data_type -%}
        {%- set value = 'cast(' ~ name ~ ' as ' ~ type ~ ')' if type else name %}
        {{ value }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro -%}
