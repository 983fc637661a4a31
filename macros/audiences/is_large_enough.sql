{# Whether both arms of an experiment are large enough for the normal approximation to say anything. #}
{% macro is_large_enough(treated_count, holdout_count) %}
    (
        {{ treated_count }} >= {{ var('lift_minimum_arm_size') }}
        and {{ holdout_count }} >= {{ var('lift_minimum_arm_size') }}
    )
{%- endmacro %}
