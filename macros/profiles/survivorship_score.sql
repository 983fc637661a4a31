{#
    A candidate's place by a criterion of seed `survivorship_rules`, the lowest first; null where an
    attribute has no such criterion, which decides nothing.
#}
{% macro survivorship_score(criterion) %}
    case {{ criterion }}
        when 'validity' then validity_place
        when 'trust' then trust_place
        when 'recency' then recency_place
        when 'frequency' then frequency_place
    end
{%- endmacro %}
