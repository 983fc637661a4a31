{# A degree of latitude is at least 110.5 km long. #}
{% macro latitude_margin(metres) %}
    ({{ metres }} / 110500.0)
{%- endmacro %}
