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
