{#
    What the destination `postgres` has to know of its table before it writes: the columns, whether
    the key is unique, and whether the table of written rows exists. No row if there is no table.

    Context: schema_name, table_name, rows_table, key_name.
#}
select
    array(
        select cast(columns.attname as text)
        from pg_attribute as columns
        where columns.attrelid = relations.oid and columns.attnum > 0 and not columns.attisdropped
    ) as column_names,
    exists(
        select 1
        from pg_index as indexes
        inner join pg_attribute as columns
            on indexes.indrelid = columns.attrelid and indexes.indkey[0] = columns.attnum
        where
            indexes.indrelid = relations.oid
            and columns.attname = {{ key_name }}
            and indexes.indnkeyatts = 1
            and indexes.indisunique
            and indexes.indimmediate
            and indexes.indisvalid
            and indexes.indpred is null
            and indexes.indexprs is null
    ) as has_unique_key,
    exists(
        select 1
        from pg_tables
        where schemaname = {{ schema_name }} and tablename = {{ rows_table }}
    ) as has_rows_table
from pg_class as relations
inner join pg_namespace as schemas on relations.relnamespace = schemas.oid
where
    schemas.nspname = {{ schema_name }}
    and relations.relname = {{ table_name }}
    and relations.relkind = 'r'
