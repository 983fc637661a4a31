{{ config(meta={'dagster': {'ref': {'name': 'int_audiences__members'}}}) }}

-- Fails for an audience without a line in the union of int_audiences__members: nobody would keep
-- who is in it, and nothing would deliver it.
-- depends_on: {{ ref('int_audiences__members') }}
select cast(null as text) as forgotten_audience
where 1 = 0
{% for audience in audiences_without_members() %}
union all
select '{{ audience }}' as forgotten_audience
{% endfor %}
