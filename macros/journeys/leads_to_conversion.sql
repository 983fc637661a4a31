{#
    Whether a touchpoint counts towards an order: at most `attribution_lookback_days` before it and, if
    `attribution_restarts_at_conversion` is set, after the profile's previous order.
#}
{% macro leads_to_conversion(touched_at, converted_at, previous_converted_at) %}
    {{ return(adapter.dispatch('leads_to_conversion', 'customer_data_platform')(
        touched_at, converted_at, previous_converted_at
    )) }}
{% endmacro %}

{% macro default__leads_to_conversion(touched_at, converted_at, previous_converted_at) %}
    (
        {{ touched_at }} <= {{ converted_at }}
        and {{ touched_at }}
            >= {{ converted_at }} - interval '{{ var("attribution_lookback_days") }} days'
        {%- if var("attribution_restarts_at_conversion") %}
        and ({{ previous_converted_at }} is null or {{ touched_at }} > {{ previous_converted_at }})
        {%- endif %}
    )
{%- endmacro %}
