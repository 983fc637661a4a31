-- Fails for a table that a connector which is on declares and no model of its entry reads, because
-- its rejected rows would not be reported.
select cast(null as text) as forgotten_table
where 1 = 0
{% for name in unread_sources() %}
union all
select '{{ name }}' as forgotten_table
{% endfor %}
