{#-
    Settings of a mart each of whose rows belongs to one profile, visitor or order, its entity: an incremental run
    replaces the rows of the entities that changed. The query reads its inputs by `changed()`. See docs/incremental.md.

    `key` are the mart's expressions of the entity's key, where they are named otherwise. `changed_from` is the mart's
    time column where rows before the first change stay as they are (visitors only). `stale_when` is a condition on
    stored rows that time alone makes out of date. `checked_inputs` are small models, with their columns, whose
    content decides all rows.
-#}
{%- macro incremental_by(entity, key=none, changed_from=none, stale_when=none, checked_inputs={}) -%}
    {%- set settings = {
        'entity': entity,
        'key': key or entity_key(entity),
        'changed_from': changed_from,
        'stale_when': stale_when,
        'checked_inputs': checked_inputs,
    } -%}
    {#- A unit test has no configuration of its model. -#}
    {%- do model.update({'mart': settings}) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='replace_changed',
        on_schema_change='append_new_columns',
        indexes=index_columns(settings.key[-1:]),
        meta=settings,
        post_hook="{{ record_processed() }}",
    ) }}
    {#- The order in which dbt builds, and its lineage. A unit test of a full build needs no changed keys. -#}
    {%- if not execute -%}{%- do ref(changed_keys_model(entity)) -%}{%- endif -%}
    {%- for input in checked_inputs if not execute -%}{%- do ref(input) -%}{%- endfor -%}
{%- endmacro -%}

{#- One of the settings of `incremental_by`. -#}
{%- macro mart_setting(name) -%}
    {%- do return(model.mart[name] if 'mart' in model else config.meta_get(name)) -%}
{%- endmacro -%}

{#- Columns that identify an entity. -#}
{%- macro entity_key(entity) -%}
    {%- do return({
        'profile': ['profile_id'], 'visitor': ['channel', 'visitor_id'], 'order': ['order_key'],
    }[entity]) -%}
{%- endmacro -%}

{#- Model that lists the entities that changed. -#}
{%- macro changed_keys_model(entity) -%}
    {%- do return('changed_' ~ entity ~ 's') -%}
{%- endmacro -%}

{#-
    A model to read from: all of it in a full build, in an incremental run its rows of the entities that changed.
    `key` are the model's expressions of the key where they are named otherwise, `by` columns to match that it shares
    with the list of changed keys; with `changed_from`, its time column, rows before the first change of their visitor
    are left out.
-#}
{%- macro changed(model_name, key=none, by=none, changed_from=none) -%}
    {%- set batch = processed_batch() -%}
    {%- if batch is none -%}
    {{ ref(model_name) }}
    {%- else -%}
    (
        select * from {{ ref(model_name) }}
        where {{ is_changed(batch, key, by, changed_from) }}
    ) as {{ model_name }}
    {%- endif -%}
{%- endmacro -%}

{#- Condition that a row is of an entity that changed after a batch, and not before its first change. -#}
{%- macro is_changed(batch, key=none, by=none, changed_from=none) -%}
    {%- set keys = by or entity_key(mart_setting('entity')) -%}
    {%- set key = key or keys -%}
    {%- set log = ref(changed_keys_model(mart_setting('entity'))) -%}
    {%- set stale_when = mart_setting('stale_when') -%}
    {%- if changed_from -%}
    {#- By one column alone an engine leaves most rows out before it reads the others. -#}
    {{ key[-1] }} in (select {{ keys[-1] }} from {{ log }} where batch > {{ batch }})
            and exists (
                select 1
                from (
                    select
                        {%- for column in keys %}
                        {{ column }} as changed_{{ column }},
                        {%- endfor %}
                        min(changed_from) as first_changed_at
                    from {{ log }}
                    where batch > {{ batch }}
                    group by {{ keys | join(', ') }}
                ) as changes
                where
                    {%- for column in keys %}
                    {{ key[loop.index0] }} = changes.changed_{{ column }} and
                    {%- endfor %}
                    {{ changed_from }} >= changes.first_changed_at
            )
    {%- else -%}
    {{ '(' ~ key | join(', ') ~ ')' }} in (
        select {{ keys | join(', ') }} from {{ log }} where batch > {{ batch }}
        {%- if stale_when %}
        union
        select {{ keys | join(', ') }} from {{ this }} where {{ stale_when | replace('as_of()', as_of()) }}
        {%- endif %}
    )
    {%- endif -%}
{%- endmacro -%}
