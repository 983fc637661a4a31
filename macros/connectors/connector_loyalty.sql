{# Loyalty programme: memberships, copied from paper forms. A birth date is required for the birthday voucher. #}
{% macro connector_loyalty() %}
    {% do return({
        'stg_loyalty__members': {
            'record_id': 'member_version_id', 'observed_at': 'updated_at',
            'identifiers': {
                'loyalty_card': 'loyalty_number', 'email': 'email_identifier', 'phone': 'phone',
                'birth_date': 'cast(birth_date as text)', 'given_initial': identity_initial('first_name'),
            },
            'events': {'event_name': "'membership_updated'", 'store_id': 'home_store_id'},
            'contacts': {
                'version_of': 'loyalty_number',
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'birth_date', 'postcode',
                    'country',
                ],
            },
            'memberships': {'same': ['loyalty_number', 'tier', 'points_balance', 'home_store_id', 'joined_date']},
            'loyalty_cards': {'where': 'loyalty_number is not null', 'same': ['loyalty_number']},
            'matching': {
                'is_current': 'true', 'identifier_type': 'loyalty_card', 'identifier_value': 'loyalty_number',
                'attributes': {
                    'first_name': 'first_name', 'last_name': 'last_name', 'birth_date': 'birth_date',
                    'postcode': 'postcode', 'phone': 'phone', 'email': 'email_identifier',
                },
            },
            'trust': {'email': 30, 'phone': 30, 'name': 20, 'birth_date': 10, 'address': 20},
        },
    }) %}
{% endmacro %}
