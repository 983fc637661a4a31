{# One row per kind of identifier. #}
{% set types = [
    ('record', 100), ('social_security_number', 90), ('full_name_birth_date', 80),
    ('surname_birth_date_postcode', 70), ('given_name_birth_date_postcode', 60),
    ('full_name_street', 50), ('probable_match', 4),
] %}
{% for name, priority in types %}
select
    cast('{{ name }}' as text) as identifier_type,
    cast({{ priority }} as bigint) as priority,
    true as is_linking,
    cast(null as bigint) as limit_per_profile,
    cast(null as bigint) as link_window_days
{{ 'union all' if not loop.last }}
{% endfor %}
