{%- macro staged_entities() -%}
    {{- return([
        ['ads', 'clicks'],
        ['app', 'events'],
        ['catalog', 'products'],
        ['catalog', 'stores'],
        ['consent', 'records'],
        ['crm', 'contacts'],
        ['email', 'events'],
        ['loyalty', 'members'],
        ['pos', 'receipt_lines'],
        ['pos', 'receipts'],
        ['social', 'messages'],
        ['support', 'tickets'],
        ['web', 'events'],
    ]) -}}
{%- endmacro -%}
