{#
    The cosine has a lower bound to stay finite near the poles. The margin is 1 % wider because the
    edge of the box nearer to the pole is narrower than its middle.
#}
{% macro longitude_margin(metres, latitude) %}
    (1.01 * {{ metres }} / (110500.0 * greatest(cos(radians({{ latitude }})), 0.01)))
{%- endmacro %}
