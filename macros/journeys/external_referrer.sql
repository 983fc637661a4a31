{# The referrer, unless it is a page of the same site: walking on is not arriving. #}
{% macro external_referrer(referrer, page_url) %}
    case
        when
            split_part({{ referrer }}, '/', 3) = split_part({{ page_url }}, '/', 3) then null
        else {{ referrer }}
    end
{%- endmacro %}
