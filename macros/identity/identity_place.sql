{#
    Place of an identifier in the search for chains between profiles: its cluster, or a negative number of its own
    if it is in none. Arguments are a row of nodes that may be missing, and a relation with the identifier's key.
#}
{% macro identity_place(node, identifier) -%}
    coalesce({{ node }}.cluster_id, -1 - {{ identifier }}.identifier_key)
{%- endmacro %}
