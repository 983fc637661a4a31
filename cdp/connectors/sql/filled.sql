{#- Number of a connector's records in each input contract. -#}
{% for contract, schema in contracts %}
{% if not loop.first %}
union all
{% endif %}
select
    {{ contract | literal }} as contract,
    count(*) as record_count
from {{ schema }}.{{ 'input_' ~ contract }}
where connector = {{ connector | literal }}
{% endfor %}
union all
select
    'events' as contract,
    count(*) as record_count
from {{ journeys }}.int_journeys__timeline
where channel = {{ connector | literal }}
union all
select
    'contacts' as contract,
    count(*) as record_count
from {{ contacts }}.int_profiles__contact_records
where source_model like 'stg\_' || {{ connector | literal }} || '\_\_%' escape '\'
