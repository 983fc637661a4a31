{# HubSpot: CSV exports of contacts, companies and deals. #}
{% macro connector_hubspot() %}
    {% do return(hubspot_entries('hubspot', 'base_hubspot__contacts')) %}
{% endmacro %}

{# Entries of the models that every connector of HubSpot has. #}
{% macro hubspot_entries(connector, contacts) %}
    {% do return({
        'stg_' ~ connector ~ '__contacts': {
            'base': contacts, 'record_id': '_record_key', 'observed_at': 'updated_at',
            'identifiers': {
                'hubspot_contact': 'contact_id', 'merged_contact': 'surviving_contact',
                'email': 'email_identifier', 'phone': 'phone', 'birth_date': 'cast(birth_date as text)',
                'given_initial': identity_initial('first_name'),
            },
            'events': {'event_name': "'contact_updated'"},
            'contacts': {
                'where': 'not is_merged',
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'birth_date', 'address_line',
                    'postcode', 'city', 'country',
                ],
            },
            'crm_contacts': {
                'where': 'not is_merged',
                'same': [
                    'contact_id', 'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line',
                    'postcode', 'city', 'country', 'is_unreadable_email', 'is_unreadable_phone',
                ],
                'is_deleted': 'false',
            },
            'messages': {
                'where': 'bounce_reason is not null and email_identifier is not null',
                'same': ['email_identifier'], 'event_name': "'email_bounced'", 'bounce_type': "'hard'",
            },
            'trust': {'email': 14, 'phone': 14, 'name': 14, 'birth_date': 24, 'address': 14},
        },
        'stg_' ~ connector ~ '__merges': {
            'base': contacts, 'record_suffixes': hubspot_alias_suffixes(),
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'identifiers': {
                'hubspot_contact': 'coalesce(merged_contact_id, contact_id)', 'merged_contact': 'surviving_contact',
                'email': 'email_identifier',
            },
            'events': {
                'event_name': "case when merged_contact_id is null then 'contact_updated' else 'contact_merged' end",
            },
        },
        'stg_' ~ connector ~ '__consents': {
            'base': contacts, 'record_suffixes': ['/consent'],
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'identifiers': {'hubspot_contact': 'contact_id', 'email': 'email_identifier'},
            'events': {'event_name': consent_event('status')},
            'consents': {
                'same': ['status'], 'identifier_type': "'email'", 'identifier_value': 'email_identifier',
                'consent_channel': "'email'", 'purpose': "'marketing'", 'source': "'hubspot'",
                'observed_at': 'recorded_at',
            },
        },
        'stg_' ~ connector ~ '__companies': {
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'companies': {'same': ['company_id', 'name', 'domain', 'country', 'industry'], 'is_deleted': 'false'},
        },
        'stg_' ~ connector ~ '__deals': {
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'opportunities': {
                'same': [
                    'company_id', 'name', 'stage', 'status', 'amount', 'currency', 'opened_at', 'closed_at',
                    'expected_close_date',
                ],
                'opportunity_id': 'deal_id', 'is_deleted': 'false',
            },
        },
    }) %}
{% endmacro %}
