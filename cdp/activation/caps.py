"""Frequency caps at the last moment: what all syncs have sent to a person, counted in SQL."""

from __future__ import annotations

from cdp.activation.ledger import Ledger
from cdp.activation.spec import FrequencyCaps, qualified

# Stands for the channel of a limit of the messages of all channels together that have limits.
ALL_CHANNELS = "all"


def beyond_caps(ledger: Ledger, caps: FrequencyCaps, taken: str) -> str:
    """Query of the positions of messages that would be one too many for their person.

    What was sent and is not acknowledged counts, since it may have arrived. Of several messages to
    a person that are taken together the first may go.

    Args:
        ledger: The ledger of all syncs.
        caps: The limits.
        taken: What is about to be sent, for a `from`: a relation with `batch_position`, `sync_key`
            and `profile_id`, and a condition.

    The query's `$3` is the channel, `$4` now and `$5` the sync's name.
    """
    sent = " union all ".join(
        f"select sync_name, sync_key, profile_id, message_channel, {moment} as sent_at "
        f"from {ledger.table(table)} where message_channel is not null"
        for table, moment in (("sync_ledger", "acknowledged_at"), ("sync_intents", "written_at"))
    )
    profile, followed = "sent.profile_id", ""
    if caps.redirects:
        profile = "coalesce(cast(redirects.profile_id as text), sent.profile_id)"
        followed = (
            f"left join {qualified(caps.redirects)} as redirects "
            "on cast(redirects.old_profile_id as text) = sent.profile_id"
        )
    return f"""
    with taken as (
        select
            batch_position,
            sync_key,
            profile_id,
            row_number() over (partition by profile_id order by batch_position) as place
        from {taken}
    ),

    limited_channels as (
        select distinct channel from {qualified(caps.limits)} where channel <> '{ALL_CHANNELS}'
    ),

    limits as (
        select channel, message_limit, window_days
        from {qualified(caps.limits)}
        where channel in ($3, '{ALL_CHANNELS}')
            and cast($3 as text) in (select channel from limited_channels)
    ),

    sent as (
        select sync_name, sync_key, {profile} as profile_id, message_channel, sent_at
        from ({sent}) as sent
        {followed}
        where message_channel in (select channel from limited_channels)
    )

    select taken.batch_position
    from taken
    cross join limits
    left join sent
        on sent.profile_id = taken.profile_id
        and limits.channel in (sent.message_channel, '{ALL_CHANNELS}')
        and sent.sent_at > cast($4 as timestamp) - limits.window_days * interval '1 day'
        and not (sent.sync_name = $5 and sent.sync_key = taken.sync_key)
    group by
        taken.batch_position,
        taken.place,
        limits.channel,
        limits.message_limit,
        limits.window_days
    having count(sent.sync_key) + taken.place > limits.message_limit
    """
