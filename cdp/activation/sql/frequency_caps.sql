{#
    Skips the messages of a page that would be one too many for their recipient.

    The messages that all syncs have sent to a profile are counted, those of profiles merged into it
    too. A message without an acknowledgement counts, since it may have arrived. Of several messages
    to a profile in one page the first ones are sent. The limit of the channel `all` is one of all
    channels together that have a limit.

    Context: first_position, last_position, channel, now, limits, redirects, and the ledger.
#}
update sync_difference
set
    operation = 'skipped',
    permission = 'capped',
    consent_recorded_at = null
where batch_position in (
    with

    page as (
        select
            batch_position, sync_key, profile_id,
            row_number() over (
                partition by profile_id order by batch_position
            ) as messages_in_page
        from sync_difference
        where
            batch_position between {{ first_position }} and {{ last_position }}
            and operation in ('insert', 'update')
    ),

    limited_channels as (
        select distinct channel
        from {{ limits }}
        where channel <> 'all'
    ),

    limits as (
        select
            channel, message_limit, window_days
        from {{ limits }}
        where
            channel in ({{ channel }}, 'all')
            and {{ channel }} in (select channel from limited_channels)
    ),

    messages as (
        select
            sync_name, sync_key, profile_id, message_channel,
            acknowledged_at as sent_at
        from {{ sync_ledger }}
        union all
        select
            sync_name, sync_key, profile_id, message_channel,
            written_at as sent_at
        from {{ sync_intents }}
    ),

    sent as (
        select
            messages.sync_name,
            messages.sync_key,
            {% if redirects %}
            coalesce(cast(redirects.profile_id as text), messages.profile_id) as profile_id,
            {% else %}
            messages.profile_id,
            {% endif %}
            messages.message_channel,
            messages.sent_at
        from messages
        {% if redirects %}
        left join {{ redirects }} as redirects
            on messages.profile_id = cast(redirects.old_profile_id as text)
        {% endif %}
        where messages.message_channel in (select channel from limited_channels)
    )

    select page.batch_position
    from page
    cross join limits
    left join sent
        on
            page.profile_id = sent.profile_id
            and limits.channel in (sent.message_channel, 'all')
            and sent.sent_at > {{ now }} - limits.window_days * interval '1 day'
            -- A message that is sent again counts once.
            and not (sent.sync_name = {{ sync_name }} and page.sync_key = sent.sync_key)
    group by
        page.batch_position, page.messages_in_page, limits.channel, limits.message_limit,
        limits.window_days
    having count(sent.sync_key) + page.messages_in_page > limits.message_limit
)
