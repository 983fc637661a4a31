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
    {% set entities = [] %}
    {% for source in connector_models() if not source.table %}
        {% set entity = entity_of(source.model) %}
        {% if entity not in entities %}{% do entities.append(entity) %}{% endif %}
    {% endfor %}
    {% do return(entities) %}
{% endmacro %}

{# The same for tables that other tools keep in the warehouse. #}
{% macro entities_in_place() %}
    {% set entities = [] %}
    {% for source in connector_models() if source.table %}
        {% set entity = entity_of(source.model) %}
        {% if entity not in entities %}{% do entities.append(entity) %}{% endif %}
    {% endfor %}
    {% do return(entities) %}
{% endmacro %}

{# Channel and entity of the base model that a staging model reads. #}
{% macro entity_of(model_name) %}
    {% do return(base_name(model_name).split('base_', 1)[1].split('__')) %}
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

{# Base model that a staging model reads: the one of the same name, unless the connector names another. #}
{% macro base_name(model_name) %}
    {% for source in connector_models() if source.model == model_name and source.base %}
        {% do return(source.base) %}
    {% endfor %}
    {% do return(model_name | replace('stg_', 'base_', 1)) %}
{% endmacro %}

{#
    Further base models whose rows are joined to those of a staging model, with the SQL expression over such a row that
    gives the key of the record which it belongs to.
#}
{% macro joined_bases(model_name) %}
    {% for source in connector_models() if source.model == model_name %}
        {% do return(source.get('joined', {})) %}
    {% endfor %}
    {% do return({}) %}
{% endmacro %}

{# All base models that a staging model reads. #}
{% macro bases_of(model_name) %}
    {% set bases = [base_of(model_name)] %}
    {% for base in joined_bases(model_name) %}{% do bases.append(ref(base)) %}{% endfor %}
    {% do return(bases) %}
{% endmacro %}
