{# Finds the identifiers that the dictionary lacks, ig_learnt, and the rule that blocks each, if one does. #}
{% macro graph_learn_identifiers(plan) %}
    {% set learnt %}
        select
            observed.identifier_key,
            observed.identifier_type,
            observed.identifier_value,
            cast({{ graph_type_case(plan.types, 'observed.identifier_type') }} as integer) as strength,
            cast({{ graph_blocking_case('observed') }} as bigint) as blocking_priority
        from ig_values as observed
        {% if not plan.is_rebuild %}
        left join {{ graph_table('dictionary') }} as dictionary
            on observed.identifier_key = dictionary.identifier_key
        where dictionary.identifier_key is null
        {% endif %}
    {% endset %}
    {% do replace_temp_table('ig_learnt', learnt) %}
    {% set unknown = run_query('select distinct identifier_type from ig_learnt where strength is null order by 1').columns[0].values() %}
    {% if unknown | length > 0 %}
        {% do exceptions.raise_compiler_error(
            'Identifier type ' ~ unknown | join(', ') ~ ' is not in seed identifier_types: add a row with '
            ~ 'its strength and limits there, or mend the name in macro identity_sources or seed link_overrides.'
        ) %}
    {% endif %}
{% endmacro %}

{# Whether two identifiers, or two sets of them, have been given one key. #}
{% macro graph_has_collision(plan) %}
    {% set compared %}
        select
            (select count(*) from ig_values where is_collision)
            + (select count(*) from {{ 'ig_sets_after' if plan.is_rebuild else 'ig_sets_gained' }} where is_collision)
            {% if not plan.is_rebuild %}
            + (
                select count(*)
                from ig_values as observed
                inner join {{ graph_table('dictionary') }} as dictionary
                    on observed.identifier_key = dictionary.identifier_key
                where
                    observed.identifier_type <> dictionary.identifier_type
                    or observed.identifier_value <> dictionary.identifier_value
            )
            + (
                select count(*)
                from ig_sets_before as before
                inner join ig_sets_gained as gained on before.set_key = gained.set_key
                where before.identifier_keys <> gained.identifier_keys
            )
            {% endif %}
            > 0
    {% endset %}
    {% do return(query_is_true(compared)) %}
{% endmacro %}

{# Strength of a type, which is also its number in the graph: no two types share one. #}
{% macro graph_type_case(types, expression) %}
    case {{ expression }}
        {%- for type in types %}
        when '{{ type.identifier_type }}' then {{ type.strength }}
        {%- endfor %}
    end
{% endmacro %}

{# Priority of the first rule of seed identifier_blocklist that an identifier matches. Constant patterns
   are compiled once, a column of patterns for every row. #}
{% macro graph_blocking_case(relation) %}
    {% set rules = run_query(
        'select priority, identifier_type, match_type, pattern from ' ~ ref('identifier_blocklist')
        ~ ' order by priority'
    ).rows %}
    {% if not rules %}{% do return('null') %}{% endif %}
    case
        {%- for rule in rules %}
        {%- set pattern = "'" ~ rule['pattern'] | replace("'", "''") ~ "'" %}
        when
            {{ relation }}.identifier_type = '{{ rule['identifier_type'] }}'
            and {{ value_matches(relation ~ '.identifier_value', pattern) if rule['match_type'] == 'pattern' else relation ~ '.identifier_value = ' ~ pattern }}
            then {{ rule['priority'] | int }}
        {%- endfor %}
    end
{% endmacro %}
