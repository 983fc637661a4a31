{#
    Whether a purchase resolves an abandoned product: bought after the last view, or so shortly before it that the
    person was looking at a product they already own.
#}
{% macro settles_interest(purchased_at, interested_at) %}
    {{ return(adapter.dispatch('settles_interest', 'customer_data_platform')(purchased_at, interested_at)) }}
{% endmacro %}

{% macro default__settles_interest(purchased_at, interested_at) %}
    (
        {{ purchased_at }}
        >= {{ interested_at }} - interval '{{ var("abandonment_window_days") }} days'
    )
{%- endmacro %}
