{%- macro national_number() -%}
    case
        when
            starts_with(
                substr(numbered._international, length(code.calling_code) + 1), code.trunk_prefix
            )
            then substr(
                numbered._international, length(code.calling_code) + length(code.trunk_prefix) + 1
            )
        else substr(numbered._international, length(code.calling_code) + 1)
    end
{%- endmacro -%}
