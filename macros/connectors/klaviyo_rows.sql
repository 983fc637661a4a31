{#
    Event name of a metric, whose name is free text. A metric that is not listed keeps its name, in lower case and with
    underscores.
#}
{% macro klaviyo_event_name(metric) %}
    case lower({{ metric }})
        {%- for metric_name, event_name in {
            'active on site': 'page_viewed', 'viewed page': 'page_viewed', 'viewed product': 'product_viewed',
            'added to cart': 'product_added', 'started checkout': 'checkout_started',
            'checkout started': 'checkout_started', 'placed order': 'order_completed',
            'cancelled order': 'order_cancelled', 'canceled order': 'order_cancelled', 'refunded order': 'order_returned',
            'received email': 'email_delivered', 'opened email': 'email_opened', 'clicked email': 'email_clicked',
            'bounced email': 'email_bounced', 'marked email as spam': 'email_complained',
            'unsubscribed': 'email_unsubscribed', 'unsubscribed from email marketing': 'email_unsubscribed',
        }.items() %}
        when '{{ metric_name }}' then '{{ event_name }}'
        {%- endfor %}
        else trim(regexp_replace(lower({{ metric }}), '[[:space:][:punct:]]+', '_', 'g'), '_')
    end
{%- endmacro %}

{#
    Event of the suppression of a profile, which blocks email whatever the consent says; null if there is none. A reason
    that is not listed counts as an unsubscribe.
#}
{% macro klaviyo_suppression_event(reasons) %}
    case
        when lower({{ reasons }}) like '%spam%' then 'email_complained'
        when lower({{ reasons }}) like '%bounce%' or lower({{ reasons }}) like '%invalid%' then 'email_bounced'
        when {{ reasons }} is not null then 'email_unsubscribed'
    end
{%- endmacro %}

{#
    Query of the consents of profiles to marketing. A profile that was never asked has none, unless it subscribed before.
    An answer that is not plainly a subscription, such as a pending confirmation, counts as a withdrawal. An old grant
    without a date is older than any withdrawal.
#}
{% macro klaviyo_consents(base) %}
    select
        profile_id,
        channel,
        identifier_type,
        identifier_value,
        case when answer = 'subscribed' then 'granted' else 'withdrawn' end as status,
        coalesce(
            answered_at, case when answer = 'subscribed' then timestamp '1970-01-01 00:00:00' else exported_at end
        ) as recorded_at,
        coalesce(answered_at, exported_at) as answered_at,
        _record_key || '/' || channel as _record_key,
        _staged_batch
    from (
        select
            *,
            max(case when answer = 'subscribed' then 1 else 0 end) over (
                partition by _record_key, channel
            ) as was_subscribed
        from (
            {%- for channel, identifier in {'email': ['email', 'email_identifier'], 'sms': ['phone', 'phone']}.items() %}
            select
                _record_key,
                _row_status,
                _staged_batch,
                profile_id,
                exported_at,
                '{{ channel }}' as channel,
                '{{ identifier[0] }}' as identifier_type,
                {{ identifier[1] }} as identifier_value,
                {{ channel }}_consent as answer,
                case when {{ channel }}_consent <> 'never_subscribed' then {{ channel }}_consent_at end as answered_at
            from {{ base }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as answers
    ) as compared_answers
    where
        _row_status = 'accepted'
        and identifier_value is not null
        and (answer not in ('never_subscribed', '') or was_subscribed = 1)
{%- endmacro %}

{#
    Query of orders. The events of one order are copies of one record in the base model: the newest order event says
    what was bought, and any cancellation cancels it. Column `items` has the JSON text with its lines.
#}
{% macro klaviyo_orders(base, items) %}
    select
        order_id,
        profile_id,
        case when is_cancelled = 1 then 'cancelled' else 'completed' end as status,
        currency,
        amount,
        {{ items }} as items,
        occurred_at as ordered_at,
        _record_key,
        _staged_batch
    from (
        select
            *,
            max(case when event_name = 'order_cancelled' then 1 else 0 end) over (
                partition by _record_key
            ) as is_cancelled,
            row_number() over (
                partition by _record_key
                order by
                    case when event_name = 'order_completed' then 0 else 1 end,
                    occurred_at desc, {{ items }} desc, _load_id, _row_number
            ) as copy_number
        from {{ base }}
        where event_name in ('order_completed', 'order_cancelled') and _row_status in ('accepted', 'duplicate')
    ) as order_events
    where copy_number = 1
{%- endmacro %}
