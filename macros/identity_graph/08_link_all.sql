{# Writes every pair of identifiers on a record, as active or attribute link; link filters follow. #}
{% macro graph_link_all(plan) %}
    {% do replace_temp_table('ig_blocked',
        'select identifier_key from ' ~ graph_table('identifiers') ~ ' where blocking_priority is not null'
    ) %}
    {% set links %}
        select
            *,
            case when {{ graph_is_attribute_link(plan, 'folded') }} then 'attribute' else 'active' end
        from ({{ graph_folded_pairs(graph_pairs(graph_table('combinations'), plan)) }}) as folded
    {% endset %}
    {% do graph_insert('links', links) %}
{% endmacro %}
