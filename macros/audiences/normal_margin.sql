{#
    Half the width of the 95 % confidence interval of a difference of two means, by the normal
    approximation: 1.959964 standard errors, the variances of both arms by their sizes added up.
#}
{% macro normal_margin(variance, count, other_variance, other_count) %}
    1.959964 * sqrt(
        {{ variance }} / nullif({{ count }}, 0) + {{ other_variance }} / nullif({{ other_count }}, 0)
    )
{%- endmacro %}
