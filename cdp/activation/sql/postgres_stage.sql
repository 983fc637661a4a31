{#
    Makes the temporary table that a batch is copied to: the target's types without its constraints.
    One sync writes at a time, so that what a dead process began is over by now.

    Context: sync_name, table_name, target, columns.
#}
select pg_advisory_xact_lock(hashtextextended({{ sync_name }} || ' ' || {{ table_name }}, 0));

create temp table if not exists cdp_staging on commit delete rows as
select
    cast(null as text) as sync_key,
    cast(null as text) as operation,
    cast(null as bigint) as revision,
    {% for column in columns %}
    {{ column }} as value_{{ loop.index0 }}{% if not loop.last %},{% endif %}

    {% endfor %}
from {{ target }}
with no data;
