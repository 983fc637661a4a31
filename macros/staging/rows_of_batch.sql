{#- When the last copy of a record is gone, one row without a load remains, so that readers of
    changes notice the deletion. Rows without a key are left out, because readers never saw them.
    -#}
{%- macro rows_of_batch(newest_first) -%}
{%- if is_incremental() -%}
removed_keys as (
    select _record_key
    from with_status
    where _record_key <> {{ landed_key() }}
    group by _record_key
    having count(*) = count(case when _row_status = 'superseded' then 1 end)
),

with_removed as (
    select * from with_status
    union all
    select {{- removed_select_items(newest_first) }},
        'removed' as _row_status
    from removed_keys
),

{% endif -%}
staged as (
    select
        *,
        {{ staged_batch() }} as _staged_batch
    from {{ 'with_removed' if is_incremental() else 'with_status' }}
)
{%- endmacro -%}
