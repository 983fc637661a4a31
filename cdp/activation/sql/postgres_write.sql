{#
    Writes the staged changes of a batch by key. `rows` has the latest revision of each key and
    whether we inserted its row: an earlier revision that comes late changes nothing, and a row that
    was there before is updated and never deleted. Returns the keys that are as the changes say, or
    later.

    Context: mode, sync_name, table_name, target, rows, columns, values (staged), key, key_value (the
    staged key), set_staged and set_excluded (assignments).
#}
-- Without statistics the planner may choose a nested loop that does not end.
analyze cdp_staging;

delete from cdp_staging as staged
using {{ rows }} as written
where
    written.sync_name = {{ sync_name }}
    and written.table_name = {{ table_name }}
    and written.row_key = staged.sync_key
    and written.revision > staged.revision
returning staged.sync_key;

delete from {{ target }} as target
using cdp_staging as staged, {{ rows }} as written
where
    written.sync_name = {{ sync_name }}
    and written.table_name = {{ table_name }}
    and written.row_key = staged.sync_key
    and written.is_ours
    and staged.operation = 'delete'
    and target.{{ key }} = staged.{{ key_value }};

insert into {{ rows }}
select
    {{ sync_name }} as sync_name,
    {{ table_name }} as table_name,
    sync_key as row_key,
    revision,
    false as is_ours
from cdp_staging
where operation = 'delete'
on conflict (sync_name, table_name, row_key) do update set
    revision = excluded.revision,
    is_ours = false;

with written as (
    {% if mode == "update_only" %}
    update {{ target }} as target
    set {{ set_staged }}
    from cdp_staging as staged
    where staged.operation <> 'delete' and target.{{ key }} = staged.{{ key_value }}
    returning target.{{ key }} as written_key, false as is_new
    {% else %}
    insert into {{ target }} ({{ columns | join(", ") }})
    select {{ values | join(", ") }}
    from cdp_staging
    where operation <> 'delete'
    order by sync_key
    on conflict ({{ key }}) do update set {{ set_excluded }}
    -- A row that this statement inserted has no earlier version.
    returning {{ key }} as written_key, xmax = 0 as is_new
    {% endif %}
)

insert into {{ rows }} as earlier
select
    {{ sync_name }} as sync_name,
    {{ table_name }} as table_name,
    staged.sync_key as row_key,
    staged.revision,
    written.is_new as is_ours
from written
inner join cdp_staging as staged on written.written_key = staged.{{ key_value }}
on conflict (sync_name, table_name, row_key) do update
    set
        revision = excluded.revision,
        is_ours = earlier.is_ours or excluded.is_ours
returning row_key;
