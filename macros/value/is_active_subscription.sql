{#
    Whether a subscription runs at a time. Connectors know its present status alone, so that one which has ended or was
    paused since ran until then.
#}
{% macro is_active_subscription(status, started_at, ended_at, moment) -%}
    coalesce(
        {{ started_at }} <= {{ moment }}
        and (
            ({{ status }} in ('trialing', 'active', 'past_due') and {{ ended_at }} is null)
            or ({{ status }} in ('trialing', 'active', 'past_due', 'ended', 'paused') and {{ ended_at }} > {{ moment }})
        ),
        false
    )
{%- endmacro %}
