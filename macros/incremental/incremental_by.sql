{#-
    Settings of a mart in which each row belongs to one entity: a profile, visitor or order. An incremental run
    replaces the rows of changed entities. The query reads its inputs through `changed()`. See docs/incremental.md.

    `key`: SQL expressions for the entity's key, if the mart's columns have other names. `changed_from`: the mart's
    time column; rows before the visitor's first change are kept (visitors only). `stale_when`: condition on stored
    rows that become outdated without any change. `checked_inputs`: small models, each with the columns to compare; if
    their content changes, the mart is rebuilt in full.
-#}
{%- macro incremental_by(entity, key=none, changed_from=none, stale_when=none, checked_inputs={}) -%}
    {%- set settings = {
        'entity': entity,
        'key': key or entity_key(entity),
        'changed_from': changed_from,
        'stale_when': stale_when,
        'checked_inputs': checked_inputs,
    } -%}
    {#- In a unit test, the model's configuration is not available. -#}
    {%- do model.update({'mart': settings}) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='replace_changed',
        on_schema_change='append_new_columns',
        indexes=index_columns(settings.key[-1:]),
        meta=settings,
        post_hook="{{ record_processed() }}",
    ) }}
    {#- Adds the model of changed keys to the lineage, without making it an input of unit tests. -#}
    {%- if not execute -%}{%- do ref(changed_keys_model(entity)) -%}{%- endif -%}
    {%- for input in checked_inputs if not execute -%}{%- do ref(input) -%}{%- endfor -%}
{%- endmacro -%}

{#- Value of an argument that the model passed to `incremental_by`. -#}
{%- macro mart_setting(name) -%}
    {%- do return(model.mart[name] if 'mart' in model else config.meta_get(name)) -%}
{%- endmacro -%}

{#- Key columns of an entity. -#}
{%- macro entity_key(entity) -%}
    {%- do return({
        'profile': ['profile_id'], 'visitor': ['channel', 'visitor_id'], 'order': ['order_key'],
    }[entity]) -%}
{%- endmacro -%}

{#- Name of the model that lists the changed keys of an entity. -#}
{%- macro changed_keys_model(entity) -%}
    {%- do return('changed_' ~ entity ~ 's') -%}
{%- endmacro -%}

{#-
    A model to select from: all rows in a full build, only the rows of changed entities in an incremental run.
    `key`: SQL expressions for the entity's key, if the model's columns have other names. `by`: columns that the model
    shares with the list of changed keys, to match by instead of the key. `changed_from`: the model's time column; rows
    before the visitor's first change are left out.
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

{#- SQL condition: whether a row belongs to an entity that changed after `batch` and is not before its first change. -#}
{%- macro is_changed(batch, key=none, by=none, changed_from=none) -%}
    {%- set keys = by or entity_key(mart_setting('entity')) -%}
    {%- set key = key or keys -%}
    {%- set log = ref(changed_keys_model(mart_setting('entity'))) -%}
    {%- set stale_when = mart_setting('stale_when') -%}
    {%- if changed_from -%}
    {#- Filtering by one column first lets engines skip most rows. -#}
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
