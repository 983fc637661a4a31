with

counted as (
    {% for moment in ('before', 'after') %}
    select
        'inactive links: ' || inactive_reason as guard,
        {{ loop.revindex0 }} as is_before
    from {{ notes }}.{{ moment ~ '_links' }}
    where inactive_reason is not null
    union all
    select
        'identifiers blocked' as guard,
        {{ loop.revindex0 }} as is_before
    from {{ notes }}.{{ moment ~ '_identifiers' }}
    where is_blocked
    union all
    select
        'identifiers shared' as guard,
        {{ loop.revindex0 }} as is_before
    from {{ notes }}.{{ moment ~ '_identifiers' }}
    where is_shared
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)

select
    guard,
    cast(sum(is_before) as bigint) as count_before,
    cast(sum(1 - is_before) as bigint) as count_after
from counted
group by guard
having sum(is_before) <> sum(1 - is_before)
order by guard
