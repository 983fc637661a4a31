{#-
    Query of the keys in a table that another tool keeps in the warehouse, with the number of rows of each, to compare
    with the base model. Another tool may write at any time: rows that came after the base model was built are left out,
    and rows that were deleted since count.
-#}
{%- macro keys_in_place(channel, entity) -%}
    {%- set base = ref('base_' ~ channel ~ '__' ~ entity) -%}
    {%- for entry in connector_models() if entry.table and entity_of(entry.base) == [channel, entity] -%}
        {%- for name in names_in_place(entry.table) -%}{%- do source(entry.table.source, name) -%}{%- endfor -%}
    {%- endfor -%}
    {%- set in_place = {} -%}
    {%- for node in (graph.nodes.values() if execute else []) if node.name == base.identifier -%}
        {%- do in_place.update(node.config.meta.in_place) -%}
    {%- endfor -%}
    {%- set types_of = types_in_place(in_place) if in_place else {} -%}
    {%- for table, types in types_of.items() %}
    {{ 'union all' if not loop.first }}
    {%- if types %}
    select
        versions._load_id,
        versions.row_count
    from (
        select
            {{ key_in_place(in_place, types) }} as _load_id,
            count(*) as row_count,
            max({{ cursor_in_place(in_place, types) }}) as newest_at,
            max(case when {{ deleted_in_place(in_place, types) }} then {{ cursor_in_place(in_place, types) }} end) as deleted_at
        from {{ source(in_place.source, table) }}
        where {{ listed_in_place(in_place, table, types_of) }}
        group by 1
    ) as versions
    left join (
        select distinct _load_id from {{ base }} where _load_id is not null
    ) as staged on versions._load_id = staged._load_id
    cross join (
        select coalesce(max(_loaded_at), timestamp '9999-12-31 00:00:00') as built_until from {{ base }}
        where _file = '{{ in_place.source }}.{{ table }}'
    ) as builds
    where
        (versions.newest_at <= builds.built_until or staged._load_id is not null)
        and (
            versions.deleted_at is null
            or versions.deleted_at < versions.newest_at
            or (versions.deleted_at > builds.built_until and staged._load_id is not null)
        )
    {%- else %}
    {#- Rows of a table that is missing stay staged. #}
    select
        _load_id,
        count(*) as row_count
    from {{ base }}
    where _file = '{{ in_place.source }}.{{ table }}'
    group by _load_id
    {%- endif %}
    {%- else %}
    {#- While parsing. #}
    select
        cast(null as text) as _load_id,
        1 as row_count
    {%- endfor %}
{%- endmacro -%}

{#- Names of the tables that an entry of the registry reads in place. -#}
{%- macro names_in_place(table) -%}
    {%- do return([table.name] if table.name is string else table.name) -%}
{%- endmacro -%}
