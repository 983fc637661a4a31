{%- macro raw_relation() -%}
    {{- return(api.Relation.create(
        database=target.database, schema=var('raw_schema'), identifier=raw_table()
    )) -}}
{%- endmacro -%}
