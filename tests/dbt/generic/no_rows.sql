{# Fails for each row: for models that list problems. #}
{% test no_rows(model) %}
    select * from {{ model }}
{% endtest %}
