{#- Query of the current rows of a raw table or a table in place, each with the number of rows of its key, as `row_count`;
    in a raw table every row counts by itself. -#}
{%- macro landed_rows(channel, entity) -%}
    {%- if [channel, entity] in entities_in_place() -%}
    {{ keys_in_place(channel, entity) }}
    {%- else -%}
    select 1 as row_count from {{ source(channel, entity) }}
    where _load_id in (select current_loads.load_id from current_loads)
    {%- endif -%}
{%- endmacro -%}
