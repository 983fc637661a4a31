{# The referrer; null if it is a page of the same site, since navigation within the site is not an arrival. #}
{% macro external_referrer(referrer, page_url) %}
    case
        when
            split_part({{ referrer }}, '/', 3) = split_part({{ page_url }}, '/', 3) then null
        else {{ referrer }}
    end
{%- endmacro %}
