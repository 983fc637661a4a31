{#- Name of the raw table that the model at hand is the base of; a unit test carries the name of the
    model it tests. -#}
{%- macro raw_table() -%}
    {%- set model_id = model.tested_node_unique_id or model.unique_id -%}
    {{- return(model_id.split('.')[-1] | replace('base_', '', 1)) -}}
{%- endmacro -%}
