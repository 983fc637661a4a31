{#- Regular expressions of the only timestamps that are read: engines alone would also take 'now',
    'epoch', '1/2/2026' or '24:00', and not the same ones. -#}
{%- macro timestamp_pattern(zone) -%}
    {{- '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        ~ '[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?' ~ zone ~ '$' -}}
{%- endmacro -%}
