{#
    Quintile of an expression, 1 (lowest) to 5, among the rows that meet condition `among`; null for the others. Unlike
    with `ntile`, equal values share a quintile.
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
