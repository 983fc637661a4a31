with

answers as (
    select * from {{ ref('int_profiles__consent_answers') }}
    where recorded_at is not null and channel is not null and purpose is not null
),

ranked_answers as (
    select
        *,
        -- If a grant and anything else have the same time, the grant loses.
        row_number() over (
            partition by profile_id, channel, purpose
            order by
                recorded_at desc,
                case when is_grant then 1 else 0 end,
                consent_id
        ) as answer_number
    from answers
),

latest_answers as (
    select
        {{ surrogate_key(['profile_id', 'channel', 'purpose']) }} as profile_consent_id,
        profile_id,
        consent_id,
        channel,
        purpose,
        status,
        is_grant and not is_unreadable as is_granted,
        source,
        proof,
        recorded_at
    from ranked_answers
    where answer_number = 1
)

select * from latest_answers
