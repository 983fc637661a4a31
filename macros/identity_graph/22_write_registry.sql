{# `row_locator` is that of the row which a change replaces. #}
{% macro graph_registry_changes() %}
    {% set row_locator = row_locator() %}
    select
        profile_id,
        identifier_type as original_identifier_type,
        identifier_value as original_identifier_value,
        generation,
        identifier_type as canonical_identifier_type,
        identifier_value as canonical_identifier_value,
        identifier_key as canonical_identifier_key,
        cast(null as text) as redirected_to_profile_id,
        first_observed_at,
        {{ run_timestamp() }} as created_at,
        cast(null as timestamp) as redirected_at,
        null as row_locator
    from ig_created
    {# Ids that redirected to a profile which is merged away now follow it: a redirect is always one step. #}
    {% for column in ['profile_id', 'redirected_to_profile_id'] %}
    union all
    select
        id_registry.profile_id,
        id_registry.original_identifier_type,
        id_registry.original_identifier_value,
        id_registry.generation,
        id_registry.canonical_identifier_type,
        id_registry.canonical_identifier_value,
        id_registry.canonical_identifier_key,
        surviving.surviving_profile_id as redirected_to_profile_id,
        id_registry.first_observed_at,
        id_registry.created_at,
        coalesce(id_registry.redirected_at, {{ run_timestamp() }}) as redirected_at,
        id_registry.{{ row_locator }} as row_locator
    from {{ graph_table('id_registry') }} as id_registry
    inner join ig_surviving as surviving on id_registry.{{ column }} = surviving.profile_id
    where surviving.profile_id <> surviving.surviving_profile_id
    {% endfor %}
    union all
    select
        id_registry.profile_id,
        id_registry.original_identifier_type,
        id_registry.original_identifier_value,
        id_registry.generation,
        surviving.canonical_identifier_type,
        surviving.canonical_identifier_value,
        surviving.canonical_identifier_key,
        id_registry.redirected_to_profile_id,
        id_registry.first_observed_at,
        id_registry.created_at,
        id_registry.redirected_at,
        id_registry.{{ row_locator }} as row_locator
    from {{ graph_table('id_registry') }} as id_registry
    inner join ig_surviving as surviving on id_registry.profile_id = surviving.profile_id
    where surviving.has_new_canonical and surviving.profile_id = surviving.surviving_profile_id
{% endmacro %}
