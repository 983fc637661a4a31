{% macro audience_setting(audience, key) %}
    {%- if not execute -%}
        {{ return(0) }}
    {%- endif -%}
    {%- set node = graph.nodes['model.customer_data_platform.' ~ audience] -%}
    {%- if key not in node.config.meta -%}
        {{ exceptions.raise_compiler_error(
            "audience " ~ audience ~ " has no `" ~ key ~ "` in its config.meta: add it to "
            ~ "models/audiences/_audiences__models.yml"
        ) }}
    {%- endif -%}
    {{ return(node.config.meta[key]) }}
{%- endmacro %}
