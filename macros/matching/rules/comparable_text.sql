{% macro comparable_text(expression) -%}
    nullif(
            trim(regexp_replace(
                replace(
                    translate(
                        lower(cast({{ expression }} as text)),
                        'äöüàáâãåçèéêëìíîïñòóôõøùúûýÿ',
                        'aouaaaaaceeeeiiiinooooouuuyy'
                    ),
                    'ß', 'ss'
                ),
                '[^0-9a-z]+', ' ', 'g'
            )),
            ''
        )
{%- endmacro %}
