-- Fails for a staging model that is on and has no entry in its connector: nothing would read it.
{% set registered = connector_models() | map(attribute='model') | list %}
{% set staging_models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') if execute else [] %}

select cast(null as text) as forgotten_model
where 1 = 0
{% for node in staging_models if node.name.startswith('stg_') and node.name not in registered and node.fqn[2] != 'matching' %}
union all
select '{{ node.name }}' as forgotten_model
{% endfor %}
