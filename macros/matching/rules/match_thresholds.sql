{#
    No threshold can be below 0.01, because matching does not keep less likely pairs
    (LEAST_PROBABILITY in cdp/identity/matching).
#}
{% macro match_thresholds() %}
    {% set lower = var('match_lower_threshold', 0.5) | float %}
    {% set upper = var('match_upper_threshold', 0.99) | float %}
    {% if not 0.01 <= lower <= upper <= 1 %}
        {% do exceptions.raise_compiler_error(
            'match_lower_threshold is ' ~ lower ~ ' and match_upper_threshold ' ~ upper
            ~ ': set 0.01 <= match_lower_threshold <= match_upper_threshold <= 1.'
        ) %}
    {% endif %}
    {% do return({'lower': lower, 'upper': upper}) %}
{% endmacro %}
