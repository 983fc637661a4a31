{#
    Every staged source that identifies people, in the form that the identity graph reads: one entry per model, with the
    SQL expression of each identifier. A record belongs to the profile of its first identifier that is neither shared
    nor blocked, in this order. A record with attributes alone has no profile: attributes count for limits and link
    nothing.
#}
{% macro identity_sources() %}
    {% set sources = [] %}
    {% for source in connector_models('identifiers') + [matched_pairs_source()] %}
        {% do sources.append({
            'model': source.model, 'record_id': source.record_id, 'observed_at': source.observed_at,
            'identifiers': source.identifiers,
        }) %}
    {% endfor %}
    {% do return(sources) %}
{% endmacro %}

{# Pairs of records that matching proposes; they belong to no connector. #}
{% macro matched_pairs_source() %}
    {% do return({
        'model': 'stg_matching__pairs', 'record_id': 'record_id', 'observed_at': 'observed_at',
        'identifiers': {
            'crm_contact': "case when matched_type = 'crm_contact' then matched_value end",
            'loyalty_card': "case when matched_type = 'loyalty_card' then matched_value end",
            'probable_match': 'probable_match',
        },
    }) %}
{% endmacro %}

{#
    Sources of probable matching: the identifier that represents a record, whether the version counts, and the SQL
    expression of each attribute in cdp/identity/matching/columns.py.
#}
{% macro match_sources() %}
    {% set sources = [] %}
    {% for source in connector_models('matching') %}
        {% set entry = {
            'model': source.model, 'record_id': source.record_id, 'observed_at': source.observed_at,
        } %}
        {% do entry.update(source.matching) %}
        {% do sources.append(entry) %}
    {% endfor %}
    {% do return(sources) %}
{% endmacro %}

{# Raw tables of files that the connectors that are on stage: channel and entity. #}
{% macro staged_entities() %}
    {% do return(entities_of(connector_models() | rejectattr('table', 'defined'))) %}
{% endmacro %}

{# The same for tables that other tools keep in the warehouse. #}
{% macro entities_in_place() %}
    {% do return(entities_of(connector_models() | selectattr('table', 'defined'))) %}
{% endmacro %}

{# Channel and entity of the base models of some entries, each once. #}
{% macro entities_of(sources) %}
    {% set entities = [] %}
    {% for source in sources %}
        {% set entity = entity_of(source.base) %}
        {% if entity not in entities %}{% do entities.append(entity) %}{% endif %}
    {% endfor %}
    {% do return(entities) %}
{% endmacro %}

{# Channel and entity of a base model. #}
{% macro entity_of(base) %}
    {% do return(base.split('base_', 1)[1].split('__')) %}
{% endmacro %}

{# Query of how far the connectors that are on are trusted per attribute of the golden record; the lowest priority wins. #}
{% macro source_trust_rows() %}
    select
        cast(null as text) as attribute,
        cast(null as text) as source_model,
        cast(null as integer) as priority
    where 1 = 0
    {%- for source in connector_models('trust') %}
    {%- for attribute, priority in source.trust.items() %}
    union all
    select '{{ attribute }}', '{{ source.model }}', {{ priority }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
