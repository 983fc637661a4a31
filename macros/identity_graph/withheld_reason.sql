{# Name of the guard that withholds a link, null where it holds. #}
{% macro withheld_reason(guard, cut) -%}
    case
        when {{ guard }} = 1 then 'shared_identifier'
        when {{ guard }} = 2 then 'link_window'
        when {{ guard }} = 5 then 'unseen_identifier'
        when {{ cut }} = 3 then 'profile_limit'
        when {{ cut }} = 4 then 'override'
    end
{%- endmacro %}
