{# Advertising platforms: clicks on advertisements. #}
{% macro connector_ads() %}
    {% do return({
        'stg_ads__clicks': {
            'record_id': 'click_id', 'observed_at': 'clicked_at',
            'identifiers': {'click': 'click_id'},
            'events': {
                'event_name': "'ad_clicked'",
                'same': ['campaign_id', 'click_id', 'campaign_source', 'campaign_medium', 'campaign_name'],
            },
        },
    }) %}
{% endmacro %}
