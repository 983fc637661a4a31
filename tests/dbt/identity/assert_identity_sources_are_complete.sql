{{ config(meta={'dagster': {'ref': {'name': 'int_identity__identifier_sets'}}}) }}

-- Fails for a staging model that carries an identifier but has no entry in identity_sources().
select cast(null as text) as forgotten_model
where 1 = 0
{% for model in forgotten_identity_sources() %}
union all
select '{{ model }}' as forgotten_model
{% endfor %}
