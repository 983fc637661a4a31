{%- macro removed_select_items(newest_first) -%}
    {%- for name in ranked_columns(newest_first) %}
        {%- set type = (model.columns[name] or {}).data_type -%}
        {%- if name == '_record_key' %}
        removed_keys._record_key
        {%- else %}
        {{ 'cast(null as ' ~ type ~ ')' if type else 'null' }} as {{ name }}
        {%- endif -%}
        {{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro -%}
