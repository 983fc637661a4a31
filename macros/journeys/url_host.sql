{# Host name of a web address in lower case without `www.` and port; null without an address. #}
{% macro url_host(url) %}
    nullif(
        regexp_replace(
            split_part(split_part(lower({{ url }}), '/', 3), ':', 1), '^www[.]', ''
        ),
        ''
    )
{%- endmacro %}
