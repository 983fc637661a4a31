{#- Keys of the records of a staging model that were staged after a batch, removed ones included. A model that derives
    records from another base model ends their keys in the connector's `record_suffixes`. The rows of a model that reads
    other records, too, change with those, and then have a newer batch than their own row in the base model. -#}
{%- macro touched_records(model_name, since) -%}
    {%- set suffixes = record_suffixes(model_name) -%}
    {%- for suffix in suffixes or [''] %}
    select distinct {{ "_record_key || '" ~ suffix ~ "' as _record_key" if suffix else '_record_key' }}
    from {{ base_of(model_name) }}
    where _staged_batch > {{ since }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- for source in connector_models() if source.model == model_name and (source.joined or source.reads_other_records) %}
    union
    select cast({{ source.record_id }} as text) as _record_key
    from {{ ref(model_name) }}
    where _staged_batch > {{ since }}
    {%- endfor %}
{%- endmacro -%}

{%- macro record_suffixes(model_name) -%}
    {%- for source in connector_models() if source.model == model_name -%}
        {%- do return(source.get('record_suffixes', [])) -%}
    {%- endfor -%}
    {%- do return([]) -%}
{%- endmacro -%}
