{#
    Entry of a connector to tracking calls, which Segment and RudderStack bring with the same fields, in files or in
    tables. `vendor` names the tool in links between ids.
#}
{% macro tracking_connector(connector, vendor, in_place=false) %}
    {% set base = 'base_' ~ connector ~ '__events' %}
    {% set identifiers = {
        'account': 'account_id', 'email': 'email_identifier', 'phone': 'phone', 'order': 'order_id',
        'push_token': 'push_token', 'device': 'device_id', 'cookie': 'anonymous_id', 'click': 'click_id',
        'visit': device_window('anonymous_id', 'occurred_at'),
    } %}
    {% set entry = {} %}
    {% for entity, mapping in {
        'events': {
            'record_id': '_record_key', 'observed_at': 'occurred_at',
            'identifiers': identifiers,
            'events': {
                'same': [
                    'event_name', 'product_id', 'campaign_id', 'click_id', 'page_path', 'campaign_source',
                    'campaign_medium', 'campaign_name', 'currency', 'properties', 'quantity', 'amount',
                ],
                'visitor_id': visitor_of_call(),
                'referrer': external_referrer('referrer', 'page_url'),
            },
            'messages': {
                'where': "event_name like 'email%' and email_identifier is not null",
                'same': ['email_identifier', 'event_name', 'bounce_type'],
            },
            'devices': {'where': 'device_id is not null', 'same': ['device_id', 'push_token', 'platform']},
        },
        'identifies': {
            'reads_other_records': true, 'record_id': '_record_key', 'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'email': 'email_identifier', 'phone': 'phone', 'push_token': 'push_token',
                'device': 'device_id', 'cookie': 'anonymous_id', 'visit': identifiers.visit,
            },
            'events': {'same': ['event_name'], 'visitor_id': 'anonymous_id'},
            'contacts': {
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'birth_date', 'address_line',
                    'postcode', 'city', 'country',
                ],
            },
            'trust': {'email': 26, 'phone': 26, 'name': 26, 'birth_date': 26, 'address': 26},
        },
        'aliases': {
            'reads_other_records': true, 'record_id': '_record_key', 'record_suffixes': ['/surviving', '/merged'],
            'observed_at': 'occurred_at',
            'identifiers': {
                'merged_contact': "'" ~ vendor ~ ":' || surviving_id", 'account': 'account_id', 'cookie': 'anonymous_id',
            },
            'events': {'event_name': "'contact_merged'"},
        },
        'groups': {
            'record_id': '_record_key', 'observed_at': 'occurred_at',
            'companies': {
                'version_of': 'group_id', 'company_id': 'group_id', 'name': 'company_name', 'domain': 'company_domain',
                'industry': 'company_industry',
            },
        },
        'orders': {
            'reads_other_records': true, 'record_id': '_record_key', 'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'email': 'email_identifier', 'phone': 'phone', 'order': 'order_id',
                'cookie': 'anonymous_id', 'visit': identifiers.visit,
            },
            'orders': {'same': ['order_id', 'status', 'currency', 'amount'], 'visitor_id': 'anonymous_id'},
        },
        'refunds': {
            'reads_other_records': true, 'record_id': '_record_key', 'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'email': 'email_identifier', 'phone': 'phone', 'order': 'order_id',
                'cookie': 'anonymous_id',
            },
            'returns': {'same': ['return_id', 'order_id', 'currency', 'amount']},
        },
        'order_lines': {
            'record_id': 'order_line_id', 'observed_at': 'occurred_at',
            'order_lines': {'same': ['order_id', 'line_number', 'product_id', 'quantity', 'unit_price']},
        },
        'consents': {
            'reads_other_records': true, 'record_id': '_record_key', 'record_suffixes': ['/email', '/sms', '/ads'],
            'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'email': 'email_identifier', 'phone': 'phone', 'cookie': 'anonymous_id',
            },
            'events': {
                'event_name': "case when is_repeated then 'consent_repeated' else " ~ consent_event('status') ~ ' end',
            },
            'consents': {
                'same': ['identifier_type', 'identifier_value', 'status'],
                'consent_channel': 'channel', 'purpose': "'marketing'", 'source': "'" ~ vendor ~ "'",
                'observed_at': 'recorded_at',
            },
        },
    }.items() %}
        {% do mapping.update({'base': base}) %}
        {% if in_place %}{% do mapping.update({'table': {'source': connector, 'name': tracking_tables()}}) %}{% endif %}
        {% do entry.update({'stg_' ~ connector ~ '__' ~ entity: mapping}) %}
    {% endfor %}
    {% do return(entry) %}
{% endmacro %}

{# Browser or app of a call. An email tool makes up an anonymous id per email, which no session begins with. #}
{% macro visitor_of_call() %}
    {%- do return("case when event_name not like 'email%' then anonymous_id end") -%}
{% endmacro %}
