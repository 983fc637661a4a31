{# Website: events of the tracking library. #}
{% macro connector_web() %}
    {% do return({
        'stg_web__events': {
            'record_id': 'event_id', 'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'email': 'email_identifier', 'phone': 'phone', 'order': 'order_id',
                'cookie': 'anonymous_id', 'click': 'click_id',
                'visit': device_window('anonymous_id', 'occurred_at'),
            },
            'events': {
                'same': [
                    'event_name', 'product_id', 'click_id', 'page_path', 'campaign_source', 'campaign_medium',
                    'campaign_name', 'currency', 'properties', 'quantity', 'amount',
                ],
                'visitor_id': 'coalesce(anonymous_id, account_id)',
                'order_id': completed_order_id(),
                'referrer': external_referrer('referrer', 'page_url'),
            },
            'contacts': {
                'where': 'email is not null or phone is not null',
                'same': ['email', 'email_identifier', 'phone'],
            },
            'trust': {'email': 20, 'phone': 20},
        },
        'stg_web__order_lines': {
            'base': 'base_web__events', 'record_id': 'order_line_id', 'observed_at': 'occurred_at',
            'order_lines': {
                'same': ['line_number', 'product_id', 'quantity', 'unit_price'],
                'order_id': 'coalesce(order_id, event_id)',
            },
        },
    }) %}
{% endmacro %}

{# An order without a number still gets its own key. #}
{% macro completed_order_id() %}
    {%- do return("case when event_name = 'order_completed' then coalesce(order_id, event_id) end") -%}
{% endmacro %}
