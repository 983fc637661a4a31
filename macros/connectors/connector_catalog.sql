{# Catalogue: products and stores. #}
{% macro connector_catalog() %}
    {% do return({
        'stg_catalog__products': {
            'record_id': 'product_id', 'observed_at': 'updated_at',
            'products': {
                'same': [
                    'product_id', 'product_name', 'category', 'brand', 'price', 'cost', 'currency', 'product_url',
                ],
            },
        },
        'stg_catalog__stores': {
            'record_id': 'store_id',
            'stores': {'same': ['store_id', 'store_name', 'city', 'latitude', 'longitude', 'time_zone']},
        },
    }) %}
{% endmacro %}
