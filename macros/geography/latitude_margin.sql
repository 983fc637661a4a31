{# Degrees of latitude that hold `metres`, rounded up: a degree is never shorter than 110.5 km. #}
{% macro latitude_margin(metres) %}
    ({{ metres }} / 110500.0)
{%- endmacro %}
