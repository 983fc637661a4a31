{#- Keys of the records of a staging model that were staged after a batch, removed ones included. A model that derives
    records from another base model ends their keys in the connector's `record_suffixes`. Rows of other base models that
    are joined touch the records which they belong to. Rows of a model that reads other records change with those, and
    then have a newer batch than their own row in the base model. -#}
{%- macro touched_records(model_name, since) -%}
    {%- set entry = entry_of(model_name) -%}
    {%- for suffix in entry.record_suffixes or [''] %}
    {%- set ending = (" || '" ~ suffix ~ "'" if suffix else '') ~ ' as _record_key' %}
    select distinct {{ '_record_key' ~ (ending if suffix else '') }}
    from {{ base_of(model_name) }}
    where _staged_batch > {{ since }}
    {%- for base, key in joined_bases(model_name).items() %}
    union all
    select distinct {{ key ~ ending }}
    from {{ ref(base) }}
    where _staged_batch > {{ since }} and {{ key }} is not null
    {%- endfor %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- if entry.joined or entry.reads_other_records %}
    union
    select cast({{ entry.record_id }} as text) as _record_key
    from {{ ref(model_name) }}
    where _staged_batch > {{ since }}
    {%- endif %}
{%- endmacro -%}
