{# Columns of the timeline other than the key, the time and the event name, with their types. #}
{% macro timeline_columns() %}
    {% set columns = contract_columns('events') %}
    {% do columns.pop('event_name') %}
    {% do return(columns) %}
{% endmacro %}

{#
    Select of orders or returns with the columns of events; `mapped` has the expressions of columns with another name.
#}
{% macro on_the_timeline(contract, mapped) %}
    {%- set own = contract_columns(contract) -%}
    select
        connector,
        source_model,
        record_id,
        channel,
        {%- for column, type in contract_columns('events').items() %}
        {{ mapped.get(column) or (column if column in own else 'cast(null as ' ~ type ~ ')') }} as {{ column }},
        {%- endfor %}
        observed_at,
        _staged_batch
    from {{ contract }}
{%- endmacro %}
