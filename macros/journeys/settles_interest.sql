{#
    Whether a purchase of a product settles the interest shown in it: bought since, or so shortly
    before that who looks at it again is looking at what is already owned.
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
