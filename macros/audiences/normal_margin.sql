{# 1.959964 standard errors of a difference of two independent means (normal approximation). #}
{% macro normal_margin(variance, count, other_variance, other_count) %}
    1.959964 * sqrt(
        {{ variance }} / nullif({{ count }}, 0) + {{ other_variance }} / nullif({{ other_count }}, 0)
    )
{%- endmacro %}
