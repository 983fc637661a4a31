{#- Columns of the raw table as landing made it, those that came by drift with them, in one order. -#}
{%- macro raw_columns() -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- set relation = api.Relation.create(
            database=target.database, schema=var('raw_schema'), identifier=raw_table()
        ) -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- if not column.name.startswith('_') -%}{%- do names.append(column.name) -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(names | sort) -}}
{%- endmacro -%}
