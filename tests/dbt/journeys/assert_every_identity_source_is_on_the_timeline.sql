{{ config(meta={'dagster': {'ref': {'name': 'int_journeys__timeline'}}}) }}

-- Fails for a source of identities without a line in the union of int_journeys__timeline.
-- depends_on: {{ ref('int_journeys__timeline') }}
select cast(null as text) as forgotten_model
where 1 = 0
{% for model in sources_off_the_timeline() %}
union all
select '{{ model }}' as forgotten_model
{% endfor %}
