{#- '2.0' occurs when a spreadsheet or a float column exported an integer. -#}
{%- macro to_integer(column) -%}
    case
        when {{ matches(column, '^[+-]?[0-9]{1,18}([.]0{1,9})?$') }}
            then cast(split_part({{ column }}, '.', 1) as bigint)
    end
{%- endmacro -%}
