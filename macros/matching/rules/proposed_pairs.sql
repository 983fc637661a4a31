{# Query of the pairs that are likely enough to be reviewed; without rows while matching is off or has
   never run. The table is no dbt source: who never matches does not have it. #}
{% macro proposed_pairs() %}
    {%- set relation = none -%}
    {%- if execute and probabilistic_matching() -%}
        {%- set relation = adapter.get_relation(
            database=target.database, schema=var('raw_schema'), identifier='identity_match_pairs'
        ) -%}
    {%- endif -%}
    {%- if relation -%}
    select * from {{ relation }}
    where match_probability >= {{ match_thresholds().lower }}
    {%- else -%}
    select
        cast(null as text) as identifier_type_a,
        cast(null as text) as identifier_value_a,
        cast(null as text) as identifier_type_b,
        cast(null as text) as identifier_value_b,
        cast(null as double precision) as match_probability,
        cast(null as double precision) as match_weight,
        cast(null as timestamp) as matched_at,
        cast(null as text) as model_version
    where false
    {%- endif -%}
{% endmacro %}
