{#- In a unit test, the current model is the test, so use the model that it tests. -#}
{%- macro raw_table() -%}
    {%- set model_id = model.tested_node_unique_id or model.unique_id -%}
    {{- return(model_id.split('.')[-1] | replace('base_', '', 1)) -}}
{%- endmacro -%}
