{#- A rule, or several, for the rows for which a condition holds. -#}
{%- macro only_if(condition, rule) -%}
    {%- set rules = [] -%}
    {%- for violated, reason in ([rule] if rule[0] is string else rule) -%}
        {%- do rules.append([condition ~ ' and ' ~ violated, reason]) -%}
    {%- endfor -%}
    {{- return(rules) -}}
{%- endmacro -%}
