{# CRM: contacts, exported daily with every change. #}
{% macro connector_crm() %}
    {% do return({
        'stg_crm__contacts': {
            'record_id': 'contact_version_id', 'observed_at': 'updated_at',
            'identifiers': {
                'crm_contact': 'contact_id', 'account': 'account_id', 'loyalty_card': 'loyalty_number',
                'email': 'email_identifier', 'phone': 'phone', 'birth_date': 'cast(birth_date as text)',
                'given_initial': identity_initial('first_name'),
            },
            'events': {
                'event_name': "case
                    when is_deleted then 'contact_deleted'
                    when updated_at <= created_at then 'contact_created'
                    else 'contact_updated'
                end",
            },
            'contacts': {
                'version_of': 'contact_id', 'is_deleted': 'is_deleted',
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'birth_date', 'address_line',
                    'postcode', 'city', 'country', 'preferred_language',
                ],
            },
            'crm_contacts': {
                'same': [
                    'contact_id', 'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line',
                    'postcode', 'city', 'country', 'is_deleted', 'is_unreadable_email', 'is_unreadable_phone',
                ],
            },
            'loyalty_cards': {'where': 'loyalty_number is not null', 'same': ['loyalty_number']},
            'matching': {
                'is_current': 'not is_deleted', 'identifier_type': 'crm_contact', 'identifier_value': 'contact_id',
                'attributes': {
                    'first_name': 'first_name', 'last_name': 'last_name', 'birth_date': 'birth_date',
                    'street': street_name('address_line'), 'street_number': street_number('address_line'),
                    'postcode': 'postcode', 'city': 'city', 'phone': 'phone', 'email': 'email_identifier',
                },
            },
            'trust': {
                'email': 10, 'phone': 10, 'name': 10, 'birth_date': 20, 'address': 10, 'preferred_language': 10,
            },
        },
    }) %}
{% endmacro %}
