-- The registry of profile ids and the nodes of the identity graph have the field's names. The rest of the
-- graph's state is dropped: the full refresh computes it again, and finds every id in the registry by the
-- nodes, the dictionary and the clusters, which stay.
{% if exists('identity', 'identity_graph__ledger') %}
    {% for old, new in {
        'founding_identifier_type': 'original_identifier_type',
        'founding_identifier_value': 'original_identifier_value',
        'anchor_identifier_type': 'canonical_identifier_type',
        'anchor_identifier_value': 'canonical_identifier_value',
        'anchor_identifier_key': 'canonical_identifier_key',
        'founded_at': 'first_observed_at',
        'minted_at': 'created_at',
    }.items() %}
{{ rename_column('identity', 'identity_graph__ledger', old, new) }}
    {% endfor %}
{{ rename_table('identity', 'identity_graph__ledger', 'identity_graph__id_registry') }}
{{ rename_column('identity', 'identity_graph__nodes', 'region_id', 'component_id') }}
    {% for view in ['identity_graph', 'identity_ledger', 'int_identity__clusters', 'int_identity__placed_identifiers'] %}
drop view if exists {{ relation('identity', view) }} cascade;
    {% endfor %}
    {% for table in [
        'int_identity__set_profiles', 'identity_graph__sets', 'identity_graph__identifiers', 'identity_graph__links',
        'identity_graph__records', 'identity_graph__batches', 'identity_graph__state', 'identity_graph__exclusions',
        'identity_graph__reattributions',
    ] %}
drop table if exists {{ relation('identity', table) }} cascade;
    {% endfor %}
    {% if target == 'postgres' %}
        {% for column in ['profile_id', 'anchor_identifier_key', 'redirected_to_profile_id'] %}
drop index if exists {{ relation('identity', 'identity_graph__ledger__' ~ column) }};
        {% endfor %}
    {% endif %}
{% endif %}
