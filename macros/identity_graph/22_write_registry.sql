{# Redirects profiles that were merged away, moves canonical identifiers and adds the ids that were created. #}
{% macro graph_write_registry() %}
    {% set registry = graph_table('id_registry') %}
    {# Ids that redirected to a profile which is merged away now follow it: a redirect is always one step. #}
    {% for column in ['profile_id', 'redirected_to_profile_id'] %}
        {% set redirected %}
            update {{ registry }} as id_registry
            set
                redirected_to_profile_id = surviving.surviving_profile_id,
                redirected_at = coalesce(id_registry.redirected_at, {{ run_timestamp() }})
            from ig_surviving as surviving
            where
                id_registry.{{ column }} = surviving.profile_id
                and surviving.profile_id <> surviving.surviving_profile_id
        {% endset %}
        {% do run_statement(redirected) %}
    {% endfor %}
    {% set moved %}
        update {{ registry }} as id_registry
        set
            canonical_identifier_type = surviving.canonical_identifier_type,
            canonical_identifier_value = surviving.canonical_identifier_value,
            canonical_identifier_key = surviving.canonical_identifier_key
        from ig_surviving as surviving
        where
            id_registry.profile_id = surviving.profile_id
            and surviving.has_new_canonical
            and surviving.profile_id = surviving.surviving_profile_id
    {% endset %}
    {% do run_statement(moved) %}
    {% set created %}
        select
            profile_id, identifier_type, identifier_value, generation,
            identifier_type, identifier_value, identifier_key,
            null, first_observed_at, {{ run_timestamp() }}, null
        from ig_created
    {% endset %}
    {% do graph_insert('id_registry', created) %}
{% endmacro %}
