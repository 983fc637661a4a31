{#
    Weight of a touchpoint relative to the other touchpoints of its order, as an integer: only ratios matter. If all
    weights of an order are 0, its touchpoints get equal weights. Columns in scope: `attribution_model`, those of
    `int_journeys__conversion_touchpoints` and those that CTE `measured` of `attribution_credits` adds.
#}
{% macro attribution_weight() %}
    {{ return(adapter.dispatch('attribution_weight', 'customer_data_platform')()) }}
{% endmacro %}

{% macro default__attribution_weight() %}
    {%- set first = var("attribution_first_touch_percent") | int -%}
    {%- set last = var("attribution_last_touch_percent") | int -%}
    {%- if first < 0 or last < 0 or first + last > 100 -%}
        {{ exceptions.raise_compiler_error(
            "attribution_first_touch_percent and attribution_last_touch_percent must be from 0 to"
            ~ " 100 together; they are " ~ first ~ " and " ~ last
        ) }}
    {%- endif -%}
    case attribution_model
        when 'first_touch' then case when touch_number = 1 then 1 else 0 end
        when 'last_touch' then case when touch_number = touch_count then 1 else 0 end
        when 'last_non_direct_touch'
            then
                case
                    when touch_number = coalesce(last_non_direct_number, touch_count) then 1
                    else 0
                end
        when 'linear' then 1
        when 'position_based'
            then
                case
                    when touch_count = 1 then 1
                    when touch_number = 1 then {{ first }} * greatest(touch_count - 2, 1)
                    when touch_number = touch_count then {{ last }} * greatest(touch_count - 2, 1)
                    else {{ 100 - first - last }}
                end
        when 'time_decay'
            then
                cast(
                    round(
                        1000000000 * power(
                            cast(0.5 as double precision),
                            cast(seconds_before_last as double precision)
                            / {{ 86400 * (var("attribution_half_life_days") | float) }}
                        )
                    ) as bigint
                )
        when 'markov_removal'
            then
                {{ integer_quotient(
                    'cast(coalesce(removal_effect, 0) * 1000000000 as bigint)', 'channel_touch_count'
                ) }}
    end
{%- endmacro %}
