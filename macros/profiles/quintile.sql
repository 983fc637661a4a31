{#
    Quintile from 1 (lowest) to 5 of an expression among the rows with a true `among`, null for the
    others. Equal values share a quintile, which `ntile` would hand out at random.
#}
{% macro quintile(expression, among) %}
    case
        when {{ among }}
            then
                cast(
                    least(
                        5,
                        1 + floor(5 * percent_rank() over (
                            partition by {{ among }} order by {{ expression }}
                        ))
                    ) as bigint
                )
    end
{%- endmacro %}
