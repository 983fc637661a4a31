{#
    Degrees of longitude that hold `metres` at a latitude. Kept finite near the poles, and 1 % wide
    because the box's edge nearer to the pole is narrower than its middle.
#}
{% macro longitude_margin(metres, latitude) %}
    (1.01 * {{ metres }} / (110500.0 * greatest(cos(radians({{ latitude }})), 0.01)))
{%- endmacro %}
