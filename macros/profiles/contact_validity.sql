{#
    Deliverability of an email address: bounced (hard bounce and no delivery since), verified (recent open or click) or
    unverified.
#}
{% macro contact_validity(verified_at, bounced_at, reached_at, now) %}
    {{ return(adapter.dispatch('contact_validity', 'customer_data_platform')(
        verified_at, bounced_at, reached_at, now
    )) }}
{% endmacro %}

{% macro default__contact_validity(verified_at, bounced_at, reached_at, now) %}
    case
        when
            {{ bounced_at }} is not null
            and ({{ reached_at }} is null or {{ reached_at }} <= {{ bounced_at }})
            then 'bounced'
        when
            {{ verified_at }} > {{ now }} - interval '{{ var("email_verified_days") }} days'
            then 'verified'
        else 'unverified'
    end
{%- endmacro %}
