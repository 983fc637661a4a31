{#
    By key that was written for a profile which has since been merged into another: the rows of the
    profile that remains. It reads the relations `payload`, `ledger` and `intents` of difference.sql.

    Context: redirects and the ledger.
#}
with

merged as (
    select
        written.sync_key,
        min(cast(redirects.profile_id as text)) as profile_id
    from (
        select sync_key, profile_id
        from {{ sync_ledger }}
        where sync_name = {{ sync_name }}
        union all
        select sync_key, profile_id
        from intents
    ) as written
    inner join {{ redirects }} as redirects
        on written.profile_id = cast(redirects.old_profile_id as text)
    group by written.sync_key
)

select
    merged.sync_key as merged_key,
    min(payload.sync_key) as into_key,
    min(ledger.receiver_id) as into_receiver_id,
    coalesce(bool_and(ledger.is_live), false) as is_acknowledged,
    count(payload.sync_key) as row_count
from merged
left join payload on merged.profile_id = payload.profile_id
left join ledger on payload.sync_key = ledger.sync_key
group by merged.sync_key
