{#
    dbt replaces a table by renaming, then drops the old one together with all views that read it, so readers fail
    until dbt has rebuilt these views. Therefore the views are pointed at the new table first, one statement per view,
    to avoid deadlocks with readers.
#}
{% macro postgres__drop_relation(relation) %}
    {% set suffix = '__dbt_backup' %}
    {% if relation.identifier.endswith(suffix) %}
        {% set replacement = relation.incorporate(
            path={'identifier': relation.identifier[:-(suffix | length)]}
        ) %}
        {% set views = run_query(views_of(relation)).rows %}
        {% for view in views %}
            {% do run_statement(point_view_at(view[0], relation, replacement)) %}
        {% endfor %}
    {% endif %}
    {{ default__drop_relation(relation) }}
{% endmacro %}

{# Query of the object ids of the views that read a relation. #}
{% macro views_of(relation) %}
    select distinct pg_rewrite.ev_class
    from pg_depend
    inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
    inner join pg_class on pg_rewrite.ev_class = pg_class.oid
    where
        pg_depend.classid = 'pg_rewrite'::regclass
        and pg_depend.refclassid = 'pg_class'::regclass
        and pg_depend.refobjid = to_regclass('{{ relation.include(database=false) }}')
        and pg_depend.refobjid <> pg_rewrite.ev_class
        and pg_class.relkind = 'v'
    order by pg_rewrite.ev_class
{% endmacro %}

{#
    Block that makes a view read another relation. If the columns differ, the view is left unchanged and dropped with
    its old relation: its own model has changed too and is built later in the run.
#}
{% macro point_view_at(view, from_relation, to_relation) %}
    do $block$
    declare
        search_path_before text := current_setting('search_path');
    begin
        -- All names in the definition are written in full then.
        perform set_config('search_path', '', true);
        begin
            -- Nothing where dbt had to shorten the name.
            if to_regclass('{{ to_relation.include(database=false) }}') is not null then
                -- Columns are written with the name of their table, too.
                execute format(
                    'create or replace view %s as %s',
                    {{ view }}::oid::regclass,
                    replace(
                        pg_get_viewdef({{ view }}::oid),
                        '{{ from_relation.identifier }}',
                        '{{ to_relation.identifier }}'
                    )
                );
            end if;
        exception
            when invalid_table_definition or undefined_column or undefined_function then null;
        end;
        perform set_config('search_path', search_path_before, true);
    end
    $block$
{% endmacro %}
