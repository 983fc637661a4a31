{# A table of the graph's state, beside the graph's own; outside it `graph` is ref('identity_graph'). #}
{% macro graph_table(name, graph=this) %}
    {% do return(graph.incorporate(path={'identifier': 'identity_graph__' ~ name}, type='table')) %}
{% endmacro %}
