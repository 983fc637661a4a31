{% macro fitted_values() %}
    {{ rows_if_any(var('raw_schema'), 'customer_value_fits', {
        'fit_id': 'text',
        'purpose': 'text',
        'fitted_at': 'timestamp',
        'observed_until': 'date',
        'customer_count': 'bigint',
        'repeat_customer_count': 'bigint',
        'purchase_r': 'double precision',
        'purchase_alpha': 'double precision',
        'purchase_a': 'double precision',
        'purchase_b': 'double precision',
        'log_likelihood': 'double precision',
        'spend_p': 'double precision',
        'spend_q': 'double precision',
        'spend_v': 'double precision',
    }) }}
{% endmacro %}
