{# Hash of two identifiers, the lesser first; each argument is a relation with their type and value. #}
{% macro link_id(relation_a, relation_b) -%}
    {%- set name_a = relation_a ~ ".identifier_type || chr(31) || " ~ relation_a ~ ".identifier_value" -%}
    {%- set name_b = relation_b ~ ".identifier_type || chr(31) || " ~ relation_b ~ ".identifier_value" -%}
    md5(least({{ name_a }}, {{ name_b }}) || chr(31) || greatest({{ name_a }}, {{ name_b }}))
{%- endmacro %}
