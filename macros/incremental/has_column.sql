{#- Whether a table is there and has a column: an earlier version of a model may have made it without. -#}
{%- macro has_column(relation, column) -%}
    {%- set found = load_relation(relation) -%}
    {%- if found is none -%}{%- do return(false) -%}{%- endif -%}
    {%- set names = get_columns_in_relation(found) | map(attribute='name') | map('lower') | list -%}
    {%- do return(column in names) -%}
{%- endmacro -%}
