{# Mobile app: events, push tokens and location pings. In the app, every order has one product and is one event. #}
{% macro connector_app() %}
    {% do return({
        'stg_app__events': {
            'record_id': 'event_id', 'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'order': 'order_id', 'push_token': 'push_token', 'device': 'device_id',
                'visit': device_window('device_id', 'occurred_at'),
            },
            'events': {
                'same': ['event_name', 'product_id', 'campaign_id', 'currency', 'properties', 'quantity', 'amount'],
                'visitor_id': 'coalesce(device_id, account_id)',
                'order_id': completed_order_id(),
                'campaign_medium': "case when event_name = 'push_opened' then 'push' end",
            },
            'order_lines': {
                'where': "event_name = 'order_completed' and product_id is not null",
                'same': ['product_id'],
                'order_id': 'coalesce(order_id, event_id)',
                'line_number': '1',
                'quantity': 'coalesce(nullif(abs(quantity), 0), 1)',
                'unit_price': average_amount('amount', 'coalesce(nullif(abs(quantity), 0), 1)'),
            },
            'devices': {'where': 'device_id is not null', 'same': ['device_id', 'push_token', 'platform']},
            'positions': {
                'where': 'latitude is not null and longitude is not null', 'same': ['latitude', 'longitude'],
            },
        },
    }) %}
{% endmacro %}
