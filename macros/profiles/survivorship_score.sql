{#
    Score of a candidate value by a criterion of seed `survivorship_rules`; the lowest score wins. Null if the attribute
    does not use the criterion.
#}
{% macro survivorship_score(criterion) %}
    case {{ criterion }}
        when 'validity' then case validity when 'verified' then 1 when 'unverified' then 2 else 3 end
        -- Sources that `source_trust` does not list come last.
        when 'trust' then coalesce(source_priority, 2147483647)
        when 'recency' then -cast(extract(epoch from observed_at) as double precision)
        when 'frequency' then -record_count
    end
{%- endmacro %}
