{#- Only these forms are read. On their own, engines would also accept 'now', 'epoch', '1/2/2026' or
    '24:00', each a different set. -#}
{%- macro timestamp_pattern(zone) -%}
    {{- '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        ~ '[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?' ~ zone ~ '$' -}}
{%- endmacro -%}
