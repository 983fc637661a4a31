{% macro proposed_pairs() %}
    select * from (
        {{ rows_if_any(var('raw_schema'), 'identity_match_pairs', {
            'identifier_type_a': 'text',
            'identifier_value_a': 'text',
            'identifier_type_b': 'text',
            'identifier_value_b': 'text',
            'match_probability': 'double precision',
            'match_weight': 'double precision',
            'matched_at': 'timestamp',
            'model_version': 'text',
        }) }}
    ) as pairs
    where {{ 'match_probability >= ' ~ match_thresholds().lower if probabilistic_matching() else '1 = 0' }}
{% endmacro %}
