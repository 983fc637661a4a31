{#- A source record may come many times: in files that overlap, sent twice, or late. Its copies are
    ranked by what they say, the newest first, then by a hash of their columns, so that no order of
    arrival matters. Load and row number only order copies that say the same. -#}
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
            select gone_loads._load_id, gone_loads._loaded_at from gone_loads
        )
        and _record_key in (select _record_key from candidates group by 1 having count(*) > 1)

),

judged as (

    select
        candidates.*,
        case
            when gone_loads._load_id is not null then 'superseded'
            when candidates._quarantine_reason is not null then 'quarantined'
            when ranked.version_rank > 1 then 'duplicate'
            else 'accepted'
        end as _row_status
    from candidates
    left join ranked
        on candidates._load_id = ranked._load_id and candidates._row_number = ranked._row_number
    left join gone_loads
        on
            candidates._load_id = gone_loads._load_id
            and candidates._loaded_at = gone_loads._loaded_at

),
{%- endmacro -%}
