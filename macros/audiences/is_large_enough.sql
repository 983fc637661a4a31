{# Below this size, the normal approximation of the confidence interval is not valid. #}
{% macro is_large_enough(treated_count, holdout_count) %}
    (
        {{ treated_count }} >= {{ var('lift_minimum_arm_size') }}
        and {{ holdout_count }} >= {{ var('lift_minimum_arm_size') }}
    )
{%- endmacro %}
