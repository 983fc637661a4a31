{#- Names before the last one of a full name; null if there is only one. -#}
{%- macro first_name_of(full_name) -%}
    case
        when {{ matches(full_name, '[^ ] +[^ ]') }}
            then regexp_replace({{ full_name }}, ' +[^ ]+$', '')
    end
{%- endmacro -%}
