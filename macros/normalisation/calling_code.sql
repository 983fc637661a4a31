{#- ITU-T E.164: zones 1 and 7 have one-digit codes, the listed codes have two digits, all others
    three. -#}
{%- macro calling_code(column) -%}
    {%- set two_digits = (
        [20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49]
        + [51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66]
        + [81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98]
    ) -%}
    case
        when substr({{ column }}, 1, 1) in ('1', '7') then substr({{ column }}, 1, 1)
        when substr({{ column }}, 1, 2) in ('{{ two_digits | join("', '") }}')
            then substr({{ column }}, 1, 2)
        else substr({{ column }}, 1, 3)
    end
{%- endmacro -%}
