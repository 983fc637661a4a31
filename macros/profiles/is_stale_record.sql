{# Whether a CRM record is stale: not updated for a long time, and no interaction of the profile either. #}
{% macro is_stale_record(updated_at, last_interaction_at, now) %}
    {{ return(adapter.dispatch('is_stale_record', 'customer_data_platform')(
        updated_at, last_interaction_at, now
    )) }}
{% endmacro %}

{% macro default__is_stale_record(updated_at, last_interaction_at, now) %}
    greatest({{ updated_at }}, coalesce({{ last_interaction_at }}, {{ updated_at }}))
    <= {{ now }} - interval '{{ var("stale_record_days") }} days'
{%- endmacro %}
