{#-
    Links that are active at one moment (`active`) and not at the other (`inactive`), once per end:
    `own_…` is the profile of that end, `other_…` the profile of the opposite end.
-#}
with

links as (
    select
        active.*,
        inactive.inactive_reason as reason_inactive,
        coalesce(ends_a.is_blocked or ends_b.is_blocked, false) as is_blocked,
        before_a.profile_id as before_a,
        after_a.profile_id as after_a,
        before_b.profile_id as before_b,
        after_b.profile_id as after_b
    from {{ notes }}.{{ active ~ '_links' }} as active
    left join {{ notes }}.{{ inactive ~ '_links' }} as inactive
        on active.link_id = inactive.link_id
    {% for end in ("a", "b") %}
    {% for table, name in (
        (inactive ~ "_identifiers", "ends_"), ("before_identifiers", "before_"),
        ("after_identifiers", "after_")
    ) %}
    left join {{ notes }}.{{ table }} as {{ name ~ end }}
        on
            active.{{ "identifier_type_" ~ end }} = {{ name ~ end }}.identifier_type
            and active.{{ "identifier_value_" ~ end }} = {{ name ~ end }}.identifier_value
    {% endfor %}
    {% endfor %}
    where active.is_active and inactive.is_active is distinct from true
)

select
    links.*,
    before_a as own_before,
    after_a as own_after,
    before_b as other_before,
    after_b as other_after
from links
union all
select
    links.*,
    before_b as own_before,
    after_b as own_after,
    before_a as other_before,
    after_a as other_after
from links
