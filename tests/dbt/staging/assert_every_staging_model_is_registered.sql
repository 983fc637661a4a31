-- Fails for a staging model that is on and has no entry in its connector: nothing would read it.
select cast(null as text) as forgotten_model
where 1 = 0
{% for name in unregistered_models() %}
union all
select '{{ name }}' as forgotten_model
{% endfor %}
