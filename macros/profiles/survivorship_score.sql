{#
    What a candidate counts by a criterion of seed `survivorship_rules`, the lowest first; null where an
    attribute has no such criterion, which decides nothing.
#}
{% macro survivorship_score(criterion) %}
    case {{ criterion }}
        when 'validity' then case validity when 'verified' then 1 when 'unverified' then 2 else 3 end
        -- A source without a place in `source_trust` comes after all that have one.
        when 'trust' then coalesce(source_priority, 2147483647)
        when 'recency' then -cast(extract(epoch from observed_at) as double precision)
        when 'frequency' then -record_count
    end
{%- endmacro %}
