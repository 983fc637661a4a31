{#
    Assumes a sphere with the earth's mean radius, which is at most 0.6 % off. `least` is needed
    because rounding may lift the argument of the root above 1.
#}
{% macro haversine_metres(latitude, longitude, other_latitude, other_longitude) %}
    (
        2 * 6371008.8 * asin(sqrt(least(
            1.0,
            power(sin(radians({{ other_latitude }} - {{ latitude }}) / 2), 2)
            + cos(radians({{ latitude }})) * cos(radians({{ other_latitude }}))
            * power(sin(radians({{ other_longitude }} - {{ longitude }}) / 2), 2)
        )))
    )
{%- endmacro %}
