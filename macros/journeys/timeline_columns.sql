{# Timeline columns other than the key, the time and the event name, with their types. #}
{% macro timeline_columns() %}
    {% do return({
        'visitor_id': 'text',
        'product_id': 'text',
        'campaign_id': 'text',
        'store_id': 'text',
        'order_id': 'text',
        'click_id': 'text',
        'page_path': 'text',
        'referrer': 'text',
        'campaign_source': 'text',
        'campaign_medium': 'text',
        'campaign_name': 'text',
        'currency': 'text',
        'properties': 'text',
        'quantity': 'bigint',
        'amount': 'numeric(18, 2)',
    }) %}
{% endmacro %}
