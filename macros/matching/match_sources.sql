{#
    Each entry has the identifier that represents the record, whether only the newest version
    counts, and the SQL expression of each attribute in cdp/identity/matching/columns.py. To add a
    source to matching, add an entry here.
#}
{% macro match_sources() %}
    {% do return([
        {
            'model': 'stg_crm__contacts', 'record_id': 'contact_version_id',
            'observed_at': 'updated_at', 'is_current': 'not is_deleted',
            'identifier_type': 'crm_contact', 'identifier_value': 'contact_id',
            'attributes': {
                'first_name': 'first_name', 'last_name': 'last_name', 'birth_date': 'birth_date',
                'street': street_name('address_line'),
                'street_number': street_number('address_line'),
                'postcode': 'postcode', 'city': 'city',
                'phone': 'phone', 'email': 'email_identifier',
            },
        },
        {
            'model': 'stg_loyalty__members', 'record_id': 'member_version_id',
            'observed_at': 'updated_at', 'is_current': 'true',
            'identifier_type': 'loyalty_card', 'identifier_value': 'loyalty_number',
            'attributes': {
                'first_name': 'first_name', 'last_name': 'last_name', 'birth_date': 'birth_date',
                'postcode': 'postcode', 'phone': 'phone', 'email': 'email_identifier',
            },
        },
    ]) %}
{% endmacro %}
