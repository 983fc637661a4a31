{# Host of a URL in lower case, without `www.` and port; null if the URL is null. #}
{% macro url_host(url) %}
    nullif(
        regexp_replace(
            split_part(split_part(lower({{ url }}), '/', 3), ':', 1), '^www[.]', ''
        ),
        ''
    )
{%- endmacro %}
