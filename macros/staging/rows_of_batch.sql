{#- What this run writes. Of a record whose last copy is gone one row stays, without a load, so that
    readers of changes learn of it. A row without its key was never a record of theirs. -#}
{%- macro rows_of_batch(newest_first) -%}
{%- if is_incremental() -%}
removed_keys as (

    select _record_key
    from judged
    where _record_key <> {{ landed_key() }}
    group by _record_key
    having count(*) = count(case when _row_status = 'superseded' then 1 end)

),

batched as (

    select * from judged
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
    from {{ 'batched' if is_incremental() else 'judged' }}

)
{%- endmacro -%}
