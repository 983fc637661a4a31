{#
    Whether an event inside a session opens another, because a campaign brings the visitor that is
    not the last one of that session. Never, unless `session_breaks_on_campaign` says so.
    Events of one instant stay together, since a session is told by when it started.
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
