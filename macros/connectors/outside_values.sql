{#
    Columns whose values outsiders choose, with the vocabulary that rules know: one line per column of an input contract.
    Connectors add columns of their own staging models as `known_values` of their entry. Model unmapped_values reports
    every other value; none of them stops a build.
#}
{% macro outside_columns() %}
    {% do return([
        ['events', 'event_name', 'event_types'],
        ['events', 'currency', 'currencies'],
        ['events', 'store_id', 'stores'],
        ['orders', 'status', 'order_statuses'],
        ['orders', 'currency', 'currencies'],
        ['orders', 'store_id', 'stores'],
        ['returns', 'currency', 'currencies'],
        ['products', 'currency', 'currencies'],
        ['contacts', 'country', 'countries'],
        ['companies', 'country', 'countries'],
        ['memberships', 'tier', 'loyalty_tiers'],
        ['consents', 'identifier_type', 'consent_identifier_types'],
        ['consents', 'consent_channel', 'consent_channels'],
        ['consents', 'purpose', 'consent_purposes'],
        ['consents', 'status', 'consent_statuses'],
        ['messages', 'event_name', 'event_types'],
        ['messages', 'bounce_type', 'bounce_types'],
        ['devices', 'platform', 'platforms'],
        ['opportunities', 'status', 'opportunity_statuses'],
        ['opportunities', 'currency', 'currencies'],
        ['subscriptions', 'status', 'subscription_statuses'],
        ['subscriptions', 'currency', 'currencies'],
        ['invoices', 'status', 'invoice_statuses'],
        ['invoices', 'currency', 'currencies'],
    ]) %}
{% endmacro %}

{#
    Vocabularies: `values`, or columns of models in `of`; with `lower`, values are compared in lower case. `remedy`
    says what to do about a value that is not in it.
#}
{% macro vocabularies() %}
    {% do return({
        'event_types': {
            'of': [['event_types', 'event_name']],
            'remedy': 'Add the event to seed event_types; until then it is on the timeline, but is no interaction.',
        },
        'order_statuses': {
            'of': [['order_statuses', 'status']], 'lower': true,
            'remedy': 'Add the status to seed order_statuses; until then its orders do not count.',
        },
        'currencies': {
            'of': [['exchange_rates', 'currency']],
            'remedy': 'Add the currency to seed exchange_rates; until then its amounts are in no sum.',
        },
        'countries': {
            'of': [['phone_countries', 'country'], ['country_names', 'country']],
            'remedy': 'Add the name to seed country_names, or correct it where it was entered.',
        },
        'stores': {
            'of': [['input_stores', 'store_id']],
            'remedy': 'Bring the store through a connector that fills contract stores; until then it has no place.',
        },
        'loyalty_tiers': {
            'of': [['loyalty_tiers', 'tier']],
            'remedy': 'Add the tier to seed loyalty_tiers.',
        },
        'consent_identifier_types': {
            'values': ['email', 'phone', 'device'],
            'remedy': 'Map the type in the connector; until then the consent belongs to no profile.',
        },
        'consent_channels': {
            'values': contact_channels(),
            'remedy': 'Map the channel in the connector, or add it to macro contact_channels; until then a grant permits nothing, and any other answer suppresses the person on every channel.',
        },
        'consent_purposes': {
            'of': [['consent_purposes', 'purpose']],
            'remedy': 'Map the purpose in the connector, or add it to seed consent_purposes; until then a grant permits nothing, and any other answer suppresses the person on the channel.',
        },
        'consent_statuses': {
            'values': ['granted', 'withdrawn'],
            'remedy': 'Map the status in the connector; until then it counts as not granted.',
        },
        'bounce_types': {
            'values': ['hard', 'soft'],
            'remedy': 'Map the bounce to hard or soft in the connector; until then the address stays in use.',
        },
        'platforms': {
            'values': ['ios', 'android', 'web'],
            'remedy': 'Map the platform in the connector, or add it to macro vocabularies.',
        },
        'opportunity_statuses': {
            'values': ['open', 'won', 'lost'],
            'remedy': 'Map the status in the connector; until then it counts as open.',
        },
        'subscription_statuses': {
            'values': ['trialing', 'active', 'past_due', 'paused', 'ended'],
            'remedy': 'Map the status in the connector; until then it counts as not active.',
        },
        'invoice_statuses': {
            'values': ['draft', 'open', 'paid', 'void', 'uncollectible'],
            'remedy': 'Map the status in the connector; until then it counts as open.',
        },
    }) %}
{% endmacro %}
