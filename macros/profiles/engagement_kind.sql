{#
    Kind of engagement that an interaction shows: email, push or site (website and app); null if it shows none, such as
    an unsubscribe. Connectors whose events have a visitor are websites and apps.
#}
{% macro engagement_kind(channel, event_name) %}
    {{ return(adapter.dispatch('engagement_kind', 'customer_data_platform')(channel, event_name)) }}
{% endmacro %}

{% macro default__engagement_kind(channel, event_name) %}
    case
        when {{ event_name }} in ('email_opened', 'email_clicked') then 'email'
        when {{ event_name }} = 'push_opened' then 'push'
        when {{ event_name }} like 'email%' then null
        when {{ channel }} in ('{{ site_channels() | join("', '") }}') then 'site'
    end
{%- endmacro %}

{# Channels whose events have a visitor: websites and apps. #}
{% macro site_channels() %}
    {% set channels = [] %}
    {% for source in connector_models('events') if source.events.visitor_id and source.channel not in channels %}
        {% do channels.append(source.channel) %}
    {% endfor %}
    {% do return(channels) %}
{% endmacro %}
