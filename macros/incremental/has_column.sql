{#- Whether a relation exists and has a column. A table written by an earlier version of a model may lack it. -#}
{%- macro has_column(relation, column) -%}
    {%- set found = load_relation(relation) -%}
    {%- if found is none -%}{%- do return(false) -%}{%- endif -%}
    {%- set names = get_columns_in_relation(found) | map(attribute='name') | map('lower') | list -%}
    {%- do return(column in names) -%}
{%- endmacro -%}
