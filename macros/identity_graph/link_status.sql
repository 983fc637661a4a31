{#
    Status of a link, the one place where its rules and names stand:
    - active: the link holds;
    - link filters, by the two ends and the link alone: attribute (an end is of a type that never links),
      unseen_identifier (an override names an identifier of no record), shared_identifier, link_window;
    - pruned links, set where a component is divided: profile_limit, override.
    `ends_a` and `ends_b` are rows of ig_ends, or missing where an end filters nothing.
#}
{% macro graph_link_status(plan, links, ends_a, ends_b) -%}
    case
        when {{ graph_is_attribute_link(plan, links) }} then 'attribute'
        when ({{ links }}.source_mask & 1) = 1
            then case when {{ ends_a }}.is_unseen or {{ ends_b }}.is_unseen then 'unseen_identifier' else 'active' end
        when {{ ends_a }}.is_shared or {{ ends_b }}.is_shared then 'shared_identifier'
        when
            {{ links }}.last_observed_at < {{ ends_a }}.oldest_link_at
            or {{ links }}.last_observed_at < {{ ends_b }}.oldest_link_at
            then 'link_window'
        else 'active'
    end
{%- endmacro %}

{% macro graph_is_attribute_link(plan, links) -%}
    {%- set attributes = graph_type_numbers(plan, is_linking=false) -%}
    ({{ graph_is_of_types(links ~ '.identifier_key_a', attributes) }} or {{ graph_is_of_types(links ~ '.identifier_key_b', attributes) }})
{%- endmacro %}

{# Whether a link passes all filters, so that it connects its component, pruned or not. #}
{% macro passes_link_filters(status) -%}
    {{ status }} in ('active', 'profile_limit', 'override')
{%- endmacro %}

{# Why a link is not active, null where it is. Attribute links only count for limits and are not shown. #}
{% macro inactive_reason(status) -%}
    nullif({{ status }}, 'active')
{%- endmacro %}
