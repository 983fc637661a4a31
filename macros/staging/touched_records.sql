{%- macro touched_records(model_name, since) -%}
    select distinct _record_key from {{ base_of(model_name) }}
    where _staged_batch > {{ since }}
{%- endmacro -%}
