{#
    Consent, suppression and expiry once more for the inserts and updates of a page, at the moment at
    which the page is read. Context: first_position, last_position and that of permission.sql.
#}
update sync_difference
set
    operation = {% if is_deleting %}
    case
        when sync_difference.is_live or sync_difference.pending_operation is not null then 'delete'
        else 'skipped'
    end,
    {% else %}
    'skipped',
    {% endif %}
    permission = page.permission,
    consent_recorded_at = null
from (
    with changes as (
        select
            batch_position, is_present, profile_id, send_until
        from sync_difference
        where
            batch_position between {{ first_position }} and {{ last_position }}
            and operation in ('insert', 'update')
    )

    select
        batch_position,
        permission
    from (
        {% with rows = "changes" | safe, is_page = true %}
        {% include "permission.sql" %}
        {% endwith %}
    ) as permitted
    where permission not in ('granted', 'not_required')
) as page
where sync_difference.batch_position = page.batch_position
