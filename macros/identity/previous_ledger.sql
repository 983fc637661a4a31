{#
    Query of the ledger as the last run left it, empty before the first. Like
    `previous_profile_identifiers` a hidden dependency: the ledger is built from what reads this.
#}
{% macro previous_ledger() %}
    {% set ledger = none %}
    {% if execute %}
        {% set ledger = load_cached_relation(
            this.incorporate(path={'identifier': 'identity_ledger'}, type='table')
        ) %}
    {% endif %}
    {% if ledger is not none %}
        select * from {{ ledger }}
    {% else %}
        select
            cast(null as text) as profile_id,
            cast(null as text) as founding_identifier_type,
            cast(null as text) as founding_identifier_value,
            cast(null as bigint) as generation,
            cast(null as text) as anchor_identifier_type,
            cast(null as text) as anchor_identifier_value,
            cast(null as text) as redirected_to_profile_id,
            cast(null as timestamp) as founded_at,
            cast(null as timestamp) as minted_at,
            cast(null as timestamp) as redirected_at
        where 1 = 0
    {% endif %}
{% endmacro %}
