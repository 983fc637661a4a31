{#
    A weight after exponential decay with a half-life of `half_life_days`, as numeric(18, 6). Weights are rounded before
    summation, so that sums are equal in any order and on any engine.
#}
{% macro decayed(weight, occurred_at, now, half_life_days) %}
    cast(
        {{ weight }} * power(
            cast(0.5 as double precision),
            cast(extract(epoch from ({{ now }} - {{ occurred_at }})) as double precision)
            / {{ 86400 * half_life_days }}
        ) as numeric(18, 6)
    )
{%- endmacro %}
