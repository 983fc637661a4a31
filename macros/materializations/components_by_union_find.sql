{#
    Connected components by union-find with path halving over an array, in one pass over the edges.

    R. E. Tarjan and J. van Leeuwen, Worst-case analysis of set union algorithms, Journal of the ACM 31
    (1984). PostgreSQL only: an array in a PL/pgSQL variable is updated in place. Nodes are numbered densely
    first. Beyond what an array can hold (1 GB), `components_by_hooking` takes over.
#}
{% macro components_by_union_find(target_relation, edges_sql) %}
    {% set prefix = (target_relation.identifier or target_relation) ~ '__cc' %}
    {% set edges = prefix ~ '_edges' %}
    {% set nodes = prefix ~ '_nodes' %}
    {% do replace_temp_table(edges, 'select node_a, node_b from (' ~ edges_sql ~ ') as edges') %}
    {% set numbered %}
        select node_id, cast(row_number() over (order by node_id) as integer) as node_number
        from (
            select node_a as node_id from {{ edges }} where node_a <> node_b
            union
            select node_b as node_id from {{ edges }} where node_a <> node_b
        ) as ends
    {% endset %}
    {% do replace_temp_table(nodes, numbered) %}
    {% set node_count = query_value('select count(*) from ' ~ nodes) | int %}
    {% if node_count > union_find_node_limit() %}
        {% do components_by_hooking(target_relation, edges_sql) %}
    {% else %}
        {% do publish_components(
            target_relation, 'select cast(0 as bigint) as node_id, cast(0 as bigint) as component_id limit 0'
        ) %}
        {% do run_query(union_find_block(edges, nodes, target_relation, node_count)) %}
        {# Refresh statistics: the planner still takes this temporary table for empty, and it is joined to next. #}
        {% if target_relation is string %}{% do run_statement(gather_statistics(target_relation)) %}{% endif %}
    {% endif %}
    {% do run_query('drop table ' ~ nodes) %}
    {% do run_query('drop table if exists ' ~ edges) %}
{% endmacro %}


{# An array of 1 GB holds 134 million ids, less its header. #}
{% macro union_find_node_limit() %}
    {% do return(var('union_find_node_limit', 125000000)) %}
{% endmacro %}


{#
    An anonymous block, so that no function is left behind. The smaller number becomes the root.

    Hash joins are switched off: the nodes are sorted already, and a hash table of all of them misses the
    processor's caches at every edge. The ids are in an array, so that writing the labels needs no join.
#}
{% macro union_find_block(edges, nodes, target_relation, node_count) %}
do $$
declare
    hash_joins text := current_setting('enable_hashjoin');
    ids bigint[];
    parents integer[] := array(select generate_series(1, {{ node_count }}));
    a integer;
    b integer;
begin
    perform set_config('enable_hashjoin', 'off', true);
    for a, b in
        select ends_a.node_number, ends_b.node_number
        from {{ edges }} as edges
        inner join {{ nodes }} as ends_a on edges.node_a = ends_a.node_id
        inner join {{ nodes }} as ends_b on edges.node_b = ends_b.node_id
    loop
        while parents[a] <> a loop
            parents[a] := parents[parents[a]];
            a := parents[a];
        end loop;
        while parents[b] <> b loop
            parents[b] := parents[parents[b]];
            b := parents[b];
        end loop;
        if a < b then
            parents[b] := a;
        elsif b < a then
            parents[a] := b;
        end if;
    end loop;
    -- A root is never greater than its nodes, so one pass upwards flattens every tree.
    for node_number in 1..{{ node_count }} loop
        parents[node_number] := parents[parents[node_number]];
    end loop;
    perform set_config('enable_hashjoin', hash_joins, true);
    ids := array(select node_id from {{ nodes }} order by node_number);
    insert into {{ target_relation }} (node_id, component_id)
    select ids[pairs.node_number], ids[pairs.root_number]
    from unnest(parents) with ordinality as pairs (root_number, node_number);
end
$$
{% endmacro %}
