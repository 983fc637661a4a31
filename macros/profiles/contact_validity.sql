{#
    Whether an address is known to work: bounced, verified or unverified. A hard bounce holds until
    mail arrives there again; who has opened or clicked lately has shown that mail is read there.
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
