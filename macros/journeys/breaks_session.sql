{#
    Whether an event opens a new session of its visitor: after inactivity, and where
    `session_breaks_at_midnight` says so on another day of `reporting_time_zone`.
    A change of person breaks it, so that a kiosk's next customer is not taken for the last one.
    Campaigns are a rule of their own (`brings_other_campaign`): they are compared within a session.
#}
{% macro breaks_session(occurred_at, previous_at, profile_id, previous_profile_id) %}
    {{ return(adapter.dispatch('breaks_session', 'customer_data_platform')(
        occurred_at, previous_at, profile_id, previous_profile_id
    )) }}
{% endmacro %}

{% macro default__breaks_session(occurred_at, previous_at, profile_id, previous_profile_id) %}
    (
        {{ previous_at }} is null
        or {{ occurred_at }}
            > {{ previous_at }} + interval '{{ var("session_timeout_minutes") }} minutes'
        or {{ profile_id }} <> {{ previous_profile_id }}
        {%- if var("session_breaks_at_midnight") %}
        or {{ reporting_date(occurred_at) }} <> {{ reporting_date(previous_at) }}
        {%- endif %}
    )
{%- endmacro %}
