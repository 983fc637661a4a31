{#
    Where an identifier stands when ways between profiles are searched: its cluster, or a negative number
    of its own where it is in none, as a shared identifier is. Arguments are a row of nodes that may be
    missing, and a relation with the identifier's key.
#}
{% macro identity_place(node, identifier) -%}
    coalesce({{ node }}.cluster_id, -1 - {{ identifier }}.identifier_key)
{%- endmacro %}
