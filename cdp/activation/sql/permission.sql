{#
    Every row of `rows` with `permission`, which says whether it may be sent now, and the time of the
    consent relied on. `rows` has is_present, profile_id and send_until.

    Permission is `granted` or `not_required`; `suppressed`, `no_consent` and `expired` forbid sending.
#}
{% if consents %}
with

-- A profile consents only if no row of the channel and purpose says otherwise.
consented as (
    select
        cast(profile_id as text) as profile_id,
        max(recorded_at) as consent_recorded_at
    from {{ consents }}
    where
        channel = {{ channel }}
        and purpose = {{ purpose }}
        {% if is_page %}
        and cast(profile_id as text) in (select profile_id from {{ rows }})
        {% endif %}
    group by profile_id
    having min(case when status = 'granted' then 1 else 0 end) = 1
),

suppressed as (
    select distinct cast(profile_id as text) as profile_id
    from {{ suppressions }}
    where
        channel = {{ channel }}
        {% if is_page %}
        and cast(profile_id as text) in (select profile_id from {{ rows }})
        {% endif %}
)

{% endif %}
select
    rows.*,
    case
        -- A delete or a merge needs no permission.
        when not rows.is_present then 'not_required'
        {% if consents %}
        when suppressed.profile_id is not null then 'suppressed'
        when consented.profile_id is null then 'no_consent'
        {% endif %}
        {% if send_until %}
        when rows.send_until <= {{ now }} then 'expired'
        {% endif %}
        {% if consents %}
        else 'granted'
        {% else %}
        else 'not_required'
        {% endif %}
    end as permission,
    {% if consents %}
    consented.consent_recorded_at
    {% else %}
    cast(null as timestamp) as consent_recorded_at
    {% endif %}
from {{ rows }} as rows
{% if consents %}
left join consented on rows.profile_id = consented.profile_id
left join suppressed on rows.profile_id = suppressed.profile_id
{% endif %}
