{#
    Whether an event opens a new session of its visitor. Override it to also break sessions at a
    change of campaign or at midnight.
    A change of person breaks it, so that a kiosk's next customer is not taken for the last one.
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
    )
{%- endmacro %}
