{#
    Tables of the graph's state with their columns. All are changed in one transaction, by the
    materialisation alone. What is `permanent` outlives a full refresh.
#}
{% macro graph_state_columns() %}
    {% do return({
        'state': {
            'rules': 'text', 'key_seed': 'bigint', 'last_id': 'bigint', 'last_run': 'bigint',
            'first_logged_run': 'bigint',
        },
        'batches': {
            'source_model': 'text', 'last_batch': 'bigint',
        },
        'records': {
            'source_number': 'integer', 'record_id': 'text', 'record_key': 'bigint',
            'set_key': 'bigint', 'observed_at': 'timestamp',
        },
        'sets': {
            'set_key': 'bigint', 'source_number': 'integer', 'identifier_count': 'integer',
            'identifier_keys': 'bigint[]', 'record_count': 'bigint', 'first_observed_at': 'timestamp',
            'last_observed_at': 'timestamp', 'sample_record_id': 'text',
        },
        'dictionary': {
            'identifier_key': 'bigint', 'identifier_type': 'text', 'identifier_value': 'text',
        },
        'identifiers': {
            'identifier_key': 'bigint', 'value_check': 'bigint', 'strength': 'integer',
            'blocking_priority': 'bigint', 'record_count': 'bigint', 'first_observed_at': 'timestamp',
            'last_observed_at': 'timestamp', 'is_shared': 'boolean', 'crowd_strength': 'integer',
            'crowd_count': 'bigint',
        },
        'links': {
            'identifier_key_a': 'bigint', 'identifier_key_b': 'bigint', 'record_count': 'bigint',
            'source_mask': 'bigint', 'sample_record': 'text', 'first_observed_at': 'timestamp',
            'last_observed_at': 'timestamp', 'guard': 'integer', 'cut': 'integer',
        },
        'nodes': {
            'identifier_key': 'bigint', 'region_id': 'bigint', 'cluster_id': 'bigint',
        },
        'clusters': {
            'cluster_id': 'bigint', 'profile_id': 'text',
        },
        'reattributions': {
            'run_number': 'bigint', 'set_key': 'bigint', 'identifier_key': 'bigint',
        },
        'exclusions': {
            'identifier_key_a': 'bigint', 'identifier_key_b': 'bigint',
        },
        'ledger': {
            'profile_id': 'text', 'founding_identifier_type': 'text',
            'founding_identifier_value': 'text', 'generation': 'bigint',
            'anchor_identifier_type': 'text', 'anchor_identifier_value': 'text',
            'anchor_identifier_key': 'bigint', 'redirected_to_profile_id': 'text',
            'founded_at': 'timestamp', 'minted_at': 'timestamp', 'redirected_at': 'timestamp',
        },
        'changes': {
            'change_id': 'text', 'change_type': 'text', 'from_profile_id': 'text',
            'to_profile_id': 'text', 'cause': 'text', 'cause_link_id': 'text',
            'identifier_count': 'bigint', 'changed_at': 'timestamp',
        },
    }) %}
{% endmacro %}
