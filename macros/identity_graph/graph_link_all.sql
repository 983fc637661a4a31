{#
    Fills the links of a state whose sets and identifiers were just read, and judges both. All links are
    written as if they held, and then the few that a guard withholds are marked.
#}
{% macro graph_link_all(plan) %}
    {% do replace_temp_table('ig_blocked',
        'select identifier_key from ' ~ graph_table('identifiers') ~ ' where blocking_priority is not null'
    ) %}
    {% do graph_insert('links', graph_all_links(plan)) %}
    {% do replace_temp_table('ig_crowds', graph_crowds(plan, graph_table('links'), graph_possible_crowds(plan))) %}
    {% set links = graph_table('links') %}
    {% set identifiers = graph_table('identifiers') %}
    {% set crowded %}
        update {{ identifiers }} as identifiers
        set is_shared = true, crowd_strength = crowds.crowd_strength, crowd_count = crowds.crowd_count
        from ig_crowds as crowds
        where identifiers.identifier_key = crowds.identifier_key
    {% endset %}
    {% do run_statement(crowded) %}
    {% for side in ['a', 'b'] %}
        {% set unseen %}
            update {{ links }} set guard = 5
            where
                guard = 0 and (source_mask & 1) = 1
                and identifier_key_{{ side }} in (select identifier_key from {{ identifiers }} where record_count = 0)
        {% endset %}
        {% set shared %}
            update {{ links }} set guard = 1
            where
                guard = 0 and (source_mask & 1) = 0
                and identifier_key_{{ side }} in (select identifier_key from ig_crowds)
        {% endset %}
        {% do run_statement(unseen) %}
        {% do run_statement(shared) %}
    {% endfor %}
    {% if graph_windows(plan) %}
        {% for side in ['a', 'b'] %}
            {% set stale %}
                update {{ links }} as links set guard = 2
                from {{ identifiers }} as ends
                where
                    links.identifier_key_{{ side }} = ends.identifier_key
                    and links.guard = 0 and (links.source_mask & 1) = 0
                    and links.last_observed_at < ends.last_observed_at - {{ graph_window(plan, 'ends.identifier_key') }}
            {% endset %}
            {% do run_statement(stale) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro graph_all_links(plan) %}
    select
        identifier_key_a,
        identifier_key_b,
        record_count,
        source_mask,
        sample_record,
        first_observed_at,
        last_observed_at,
        case when {{ graph_has_attribute(plan) }} then 6 else 0 end,
        0
    from ({{ graph_folded_pairs(graph_pairs(graph_table('sets'), plan)) }}) as folded
{% endmacro %}

{# Whether an end of a link is of a type that only counts. #}
{% macro graph_has_attribute(plan) -%}
    {%- set numbers = graph_attribute_numbers(plan) -%}
    {%- if numbers -%}
        {{ identifier_type_number('identifier_key_a') }} in ({{ numbers | join(', ') }})
        or {{ identifier_type_number('identifier_key_b') }} in ({{ numbers | join(', ') }})
    {%- else -%}
        1 = 0
    {%- endif -%}
{%- endmacro %}

{# Numbers of the types that never link. #}
{% macro graph_attribute_numbers(plan) %}
    {% set numbers = [] %}
    {% for type in plan.types if not type.is_linking %}{% do numbers.append(plan.types.index(type)) %}{% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# Numbers of the types that link for a time. #}
{% macro graph_windows(plan) %}
    {% set numbers = [] %}
    {% for type in plan.types if type.link_window_days is not none %}{% do numbers.append(plan.types.index(type)) %}{% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# How long the type of a key links after it was last seen with another, null where for ever. #}
{% macro graph_window(plan, identifier_key) -%}
    case {{ identifier_type_number(identifier_key) }}
        {%- for number in graph_windows(plan) %}
        when {{ number }} then interval '{{ plan.types[number].link_window_days }} days'
        {%- endfor %}
    end
{%- endmacro %}

{#
    Identifiers that stand with more values of a type than seed identifier_limits allows, with the type
    that exceeds its limit by most. Types are counted apart: three CRM contacts are too many for a
    mailbox, while one contact, one account and one card are not. `candidates` are those to look at.
#}
{% macro graph_crowds(plan, links, candidates) %}
    {% if not plan.limits %}
        {% do return('select cast(null as bigint) as identifier_key, 0 as crowd_strength, cast(0 as bigint) as crowd_count where 1 = 0') %}
    {% endif %}
    with

    neighbours as (
        {% for side, other in [('a', 'b'), ('b', 'a')] %}
        select
            identifier_key_{{ side }} as identifier_key,
            {{ graph_pair_number('identifier_key_' ~ side, 'identifier_key_' ~ other) }} as pair_number
        from {{ links }}
        where
            source_mask <> 1
            and {{ graph_pair_number('identifier_key_' ~ side, 'identifier_key_' ~ other) }} in (
                {{ plan.limits | map(attribute='pair_number') | join(', ') }}
            )
            and identifier_key_{{ side }} in ({{ candidates }})
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    counted as (
        select identifier_key, pair_number, count(*) as neighbour_count
        from neighbours
        group by identifier_key, pair_number
    ),

    beyond as (
        select
            counted.identifier_key,
            limits.counted_strength,
            counted.neighbour_count,
            row_number() over (
                partition by counted.identifier_key
                order by counted.neighbour_count - limits.most desc, limits.counted_strength desc
            ) as rank_of_type
        from counted
        inner join (
            {% for limit in plan.limits %}
            select {{ limit.pair_number }} as pair_number, {{ limit.counted_strength }} as counted_strength, {{ limit.most }} as most
            {{ 'union all' if not loop.last }}
            {% endfor %}
        ) as limits on counted.pair_number = limits.pair_number
        where counted.neighbour_count > limits.most
    )

    select
        identifier_key,
        counted_strength as crowd_strength,
        neighbour_count as crowd_count
    from beyond
    where rank_of_type = 1
{% endmacro %}

{# One number for the types of a key and of its neighbour. #}
{% macro graph_pair_number(identifier_key, other_key) -%}
    ({{ identifier_type_number(identifier_key) }} * 64 + {{ identifier_type_number(other_key) }})
{%- endmacro %}

{# A record holds one value of a type, so who stands on no more records than its least limit is in no crowd. #}
{% macro graph_possible_crowds(plan) %}
    select identifier_key from {{ graph_table('identifiers') }}
    where
        record_count > case {{ identifier_type_number('identifier_key') }}
            {%- for type in plan.types %}
            {%- set limits = plan.limits | selectattr('strength', 'equalto', type.strength) | map(attribute='most') | list %}
            {%- if limits %}
            when {{ loop.index0 }} then {{ limits | min }}
            {%- endif %}
            {%- endfor %}
        end
{% endmacro %}
