{#
    Whether an event starts a new session of its visitor: after inactivity, after a change of profile (so that
    customers who share a kiosk have separate sessions) and, if `session_breaks_at_midnight` is set, on a new day in
    `reporting_time_zone`. Macro `brings_other_campaign` adds the rule for campaigns.
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
