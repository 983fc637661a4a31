{#
    Query of the memberships that the last run published, empty before the first.

    A hidden dependency on purpose: `profile_identifiers` is built from what reads this, so a `ref()`
    would be a cycle. It is read before it is replaced, since everything that reads it comes first.
#}
{% macro previous_profile_identifiers() %}
    {% set published = none %}
    {% if execute %}
        {% set published = load_cached_relation(
            this.incorporate(path={'identifier': 'profile_identifiers'}, type='table')
        ) %}
    {% endif %}
    {% if published is not none %}
        select identifier_type, identifier_value, profile_id
        from {{ published }}
        where profile_id is not null
    {% else %}
        select
            cast(null as text) as identifier_type,
            cast(null as text) as identifier_value,
            cast(null as text) as profile_id
        where 1 = 0
    {% endif %}
{% endmacro %}
