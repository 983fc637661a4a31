{#- A source record may arrive several times: in overlapping files, sent again, or late. Copies are
    ordered by their content (latest source time, then content hash), so that the order of arrival
    does not matter. Load and row number only decide between identical copies. -#}
{%- macro ranked_copies(newest_first) -%}
ranked as (
    select
        _load_id,
        _row_number,
        row_number() over (
            partition by _record_key
            order by
                {{ newest_first ~ ' desc nulls last,' if newest_first }} {{ content_hash() }} desc,
                _load_id, _row_number
        ) as version_rank
    from candidates
    where
        _quarantine_reason is null
        and (_load_id, _loaded_at) not in (
            select removed_loads._load_id, removed_loads._loaded_at from removed_loads
        )
        and _record_key in (select _record_key from candidates group by 1 having count(*) > 1)
),

with_status as (
    select
        candidates.*,
        case
            when removed_loads._load_id is not null then 'superseded'
            when candidates._quarantine_reason is not null then 'quarantined'
            when ranked.version_rank > 1 then 'duplicate'
            else 'accepted'
        end as _row_status
    from candidates
    left join ranked
        on candidates._load_id = ranked._load_id and candidates._row_number = ranked._row_number
    left join removed_loads
        on
            candidates._load_id = removed_loads._load_id
            and candidates._loaded_at = removed_loads._loaded_at
),
{%- endmacro -%}
