{#
    What each row of `permitted` calls for, as `operation_wanted`; null is nothing. With redirects it
    reads `survivors`, see survivors.sql.

    Context: mode, is_deleting, redirects, merged_profiles, can_delete.
#}
with

-- What a row of the payload calls for if it may be sent; null is nothing.
wanted as (
    select
        permitted.*,
        is_live or pending_operation is not null as may_be_at_receiver,
        case
            {% if mode == "append" %}
            -- A key is sent once, whatever becomes of its row.
            when is_live then null
            else 'insert'
            {% elif mode == "update_only" %}
            when is_acknowledged then null
            else 'update'
            {% else %}
            when is_acknowledged then null
            when is_live and coalesce(pending_operation, '') not in ('delete', 'merge')
                then 'update'
            else 'insert'
            {% endif %}
        end as operation_if_permitted
    from permitted
)

select
    wanted.*,
    {% if redirects %}
    survivors.into_key,
    survivors.into_receiver_id,
    {% else %}
    cast(null as text) as into_key,
    cast(null as text) as into_receiver_id,
    {% endif %}
    case
        when not is_present and not may_be_at_receiver then null
        {% if redirects and merged_profiles == "delete" %}
        when not is_present and survivors.merged_key is not null then 'delete'
        {% elif redirects and merged_profiles == "merge" %}
        -- A row is merged into one acknowledged row. With none, or several, it is deleted. If
        -- the row is not acknowledged yet the next run merges, unless the mode deletes now.
        when
            not is_present
            and survivors.merged_key is not null
            and (survivors.row_count <> 1 or not is_live)
            then {% if can_delete %}'delete'{% else %}null{% endif %}
        when not is_present and survivors.is_acknowledged then 'merge'
        {% endif %}
        {% if is_deleting %}
        when not is_present then 'delete'
        when permission in ('granted', 'not_required') then operation_if_permitted
        -- A mirror removes a row that may not be there any more.
        when may_be_at_receiver then 'delete'
        else 'skipped'
        {% else %}
        when not is_present then null
        when permission in ('granted', 'not_required') then operation_if_permitted
        when operation_if_permitted is not null then 'skipped'
        {% endif %}
    end as operation_wanted
from wanted
{% if redirects %}
left join survivors
    on not wanted.is_present and wanted.any_key = survivors.merged_key
{% endif %}
