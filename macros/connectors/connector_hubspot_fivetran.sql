{# HubSpot: the tables that Fivetran keeps in the warehouse. #}
{% macro connector_hubspot_fivetran() %}
    {% set stg, base = 'stg_hubspot_fivetran__', 'base_hubspot_fivetran__' %}
    {% set entries = hubspot_entries('hubspot_fivetran', base ~ 'contact') %}
    {% for model in ['contacts', 'merges', 'consents'] %}
        {% do entries[stg ~ model].update({'table': table_of_hubspot('contact', '_fivetran_deleted')}) %}
    {% endfor %}
    {% do entries[stg ~ 'companies'].update({'base': base ~ 'company', 'table': table_of_hubspot('company', '_fivetran_deleted')}) %}
    {% do entries[stg ~ 'companies'].companies.update({'is_deleted': 'is_deleted'}) %}
    {% do entries[stg ~ 'deals'].update({'base': base ~ 'deal', 'table': table_of_hubspot('deal', '_fivetran_deleted')}) %}
    {% do entries[stg ~ 'deals'].opportunities.update({'is_deleted': 'is_deleted'}) %}
    {% do entries.update({
        stg ~ 'deal_companies': {
            'base': base ~ 'deal_company', 'table': table_of_hubspot('deal_company'), 'record_id': '_record_key',
        },
        stg ~ 'pipelines': {
            'base': base ~ 'deal_pipeline', 'table': table_of_hubspot('deal_pipeline', '_fivetran_deleted'),
            'record_id': '_record_key',
        },
        stg ~ 'pipeline_stages': {
            'base': base ~ 'deal_pipeline_stage', 'table': table_of_hubspot('deal_pipeline_stage', '_fivetran_deleted'),
            'record_id': '_record_key',
        },
        stg ~ 'email_bounces': {
            'base': base ~ 'email_event_bounce', 'table': table_of_hubspot('email_event_bounce'),
            'record_id': '_record_key',
        },
        stg ~ 'email_events': {
            'base': base ~ 'email_event', 'table': table_of_hubspot('email_event'),
            'record_id': '_record_key', 'observed_at': 'occurred_at',
            'identifiers': {'email': 'email_identifier'},
            'events': {'same': ['event_name', 'campaign_id'], 'campaign_medium': "'email'"},
            'messages': {
                'where': "event_name like 'email~_%' escape '~' and email_identifier is not null",
                'same': ['email_identifier', 'event_name', 'bounce_type'],
            },
        },
        stg ~ 'subscriptions': {
            'base': base ~ 'email_subscription', 'table': table_of_hubspot('email_subscription'),
            'record_id': '_record_key',
        },
        stg ~ 'subscription_changes': {
            'base': base ~ 'email_subscription_change', 'table': table_of_hubspot('email_subscription_change'),
            'record_id': '_record_key', 'observed_at': 'changed_at',
            'identifiers': {'email': 'email_identifier'},
            'events': {'same': ['event_name']},
            'messages': {
                'where': 'message_event is not null and email_identifier is not null',
                'same': ['email_identifier'], 'event_name': 'message_event',
                'bounce_type': "case when message_event = 'email_bounced' then 'hard' end",
            },
            'consents': {
                'where': 'consent_status is not null',
                'identifier_type': "'email'", 'identifier_value': 'email_identifier', 'consent_channel': "'email'",
                'purpose': "'marketing'", 'status': 'consent_status', 'source': "'hubspot'", 'proof': 'change_source',
            },
        },
    }) %}
    {% do return(entries) %}
{% endmacro %}

{% macro table_of_hubspot(name, deleted=none) %}
    {% do return({'source': 'hubspot_fivetran', 'name': name, 'deleted': deleted}) %}
{% endmacro %}
