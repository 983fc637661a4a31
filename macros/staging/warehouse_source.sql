{#-
    Query for the CTE `source` of a base model whose source is a table that another tool keeps in the warehouse: the
    rows that changed since the last run, with the columns that the source declares as text, so that the rules read
    them as they read files. A table or column that does not exist yet counts as empty.

    A row stands for one file with one row: its load is its key, and the time of the load is the cursor, so that a newer
    version replaces the row. A row that the tool marks as deleted, or that is gone where it marks none, is removed.
-#}
{%- macro warehouse_source(source_name, table, key, cursor, deleted=none, json_columns=[]) -%}
    {%- set rows = rows_in_place(source_name, table, key, cursor, deleted) -%}
    {#- In a unit test, the model's configuration is not available. -#}
    {%- do model.update({'in_place': {'source': [source_name, table], 'rows': rows, 'marks_deletes': deleted is not none}}) -%}
    with

    rows_in_place as (
        {{ rows }}
    ),

    due_rows as not materialized (
        select * from rows_in_place
        where
            not _is_deleted
            {%- if is_incremental() %}
            and _loaded_at >= {{ cursor_overlap() }}
            and (_load_id, _loaded_at) not in (
                select staged_rows._load_id, staged_rows._loaded_at
                from {{ this }} as staged_rows
                where staged_rows._load_id is not null
            )
            {%- endif %}
    )

    select
        due_rows.*,
        {%- for column in json_columns %}
        {{ parse_json('due_rows.' ~ column) }} as parsed_{{ column }},
        {%- endfor %}
        due_rows as _raw
    from due_rows
    {{ optimisation_fence() }}
{%- endmacro -%}

{#- Rows may commit after later ones, so a day before the newest cursor is read again. -#}
{%- macro cursor_overlap() -%}
    (select coalesce(max(_loaded_at), timestamp '1970-01-01 00:00:00') - interval '1 day' from {{ this }})
{%- endmacro -%}

{#- All rows of the table with landing's columns; columns that the table lacks are null. -#}
{%- macro rows_in_place(source_name, table, key, cursor, deleted) -%}
    {%- set relation = source(source_name, table) -%}
    {%- set types = {} -%}
    {%- if execute -%}
        {%- set existing = adapter.get_relation(relation.database, relation.schema, relation.identifier) -%}
        {%- for column in (adapter.get_columns_in_relation(existing) if existing else []) -%}
            {%- do types.update({column.name: column.data_type}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set key = [key] if key is string else key -%}
    select
        {% for column in key %}{{ column_text(column, types) }}{{ " || '/' || " if not loop.last }}{% endfor %} as _load_id,
        '{{ source_name }}.{{ table }}' as _file,
        cast(1 as bigint) as _row_number,
        coalesce({{ to_timestamp('(' ~ column_text(cursor, types) ~ ')') }}, timestamp '1970-01-01 00:00:00') as _loaded_at,
        {{ 'coalesce(' ~ adapter.quote(deleted) ~ ', false)' if deleted in types else 'false' }} as _is_deleted
        {%- for column in declared_columns(source_name, table) %},
        {{ column_text(column, types) }} as {{ adapter.quote(column) }}
        {%- endfor %}
    {%- if types %}
    from {{ relation }}
    {%- else %}
    where 1 = 0
    {%- endif %}
{%- endmacro -%}

{#- Columns that the source's YAML declares. -#}
{%- macro declared_columns(source_name, table) -%}
    {%- for source in graph.sources.values() if execute and source.source_name == source_name and source.name == table -%}
        {%- do return(source.columns.keys() | list) -%}
    {%- endfor -%}
    {%- do return([]) -%}
{%- endmacro -%}

{#- A column as text, times in UTC with their offset; null if the table lacks it. -#}
{%- macro column_text(column, types) -%}
    {%- set type = types.get(column, '') | lower -%}
    {%- if not type -%}cast(null as text)
    {%- elif 'timestamp' in type and ('tz' in type or 'with time zone' in type) -%}
    cast({{ adapter.quote(column) }} at time zone 'UTC' as text) || 'Z'
    {%- elif 'timestamp' in type -%}cast({{ adapter.quote(column) }} as text) || 'Z'
    {%- else -%}cast({{ adapter.quote(column) }} as text)
    {%- endif -%}
{%- endmacro -%}

{#- Staged rows whose row in the warehouse was deleted since. -#}
{%- macro rows_removed_in_place() -%}
    {%- set in_place = model.in_place -%}
    select
        staged_rows._load_id,
        staged_rows._loaded_at
    from {{ this }} as staged_rows
    where
        staged_rows._load_id is not null
        {%- if in_place.marks_deletes %}
        and staged_rows._load_id in (
            select deleted._load_id from ({{ in_place.rows }}) as deleted
            where deleted._is_deleted and deleted._loaded_at >= {{ cursor_overlap() }}
        )
        {%- else %}
        and staged_rows._load_id not in (select present._load_id from ({{ in_place.rows }}) as present)
        {%- endif %}
{%- endmacro -%}
