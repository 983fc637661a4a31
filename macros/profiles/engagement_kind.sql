{#
    Kind of engagement that an interaction shows: email, push or site (website and app); null if it shows none, such as
    an unsubscribe.
#}
{% macro engagement_kind(channel, event_name) %}
    {{ return(adapter.dispatch('engagement_kind', 'customer_data_platform')(channel, event_name)) }}
{% endmacro %}

{% macro default__engagement_kind(channel, event_name) %}
    case
        when {{ event_name }} in ('email_opened', 'email_clicked') then 'email'
        when {{ event_name }} = 'push_opened' then 'push'
        when {{ channel }} in ('web', 'app') then 'site'
    end
{%- endmacro %}
