{#
    Whether an event starts a new session because the visitor arrived through another campaign than the last one of the
    current session. Always false unless `session_breaks_on_campaign` is set. Events with the same time stay in one
    session, since the start time is part of the session id.
#}
{% macro brings_other_campaign(campaign, previous_campaign, occurred_at, previous_at) %}
    {{ return(adapter.dispatch('brings_other_campaign', 'customer_data_platform')(
        campaign, previous_campaign, occurred_at, previous_at
    )) }}
{% endmacro %}

{% macro default__brings_other_campaign(campaign, previous_campaign, occurred_at, previous_at) %}
    {%- if var("session_breaks_on_campaign") -%}
    (
        {{ campaign }} is not null
        and {{ campaign }} is distinct from {{ previous_campaign }}
        and {{ occurred_at }} > {{ previous_at }}
    )
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}
