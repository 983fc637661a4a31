{#
    Finds the identifiers of changed records. Leaves ig_touched (their keys), ig_identifiers_before (their rows in
    the state) and ig_learnt (those that are new, with the blocklist rule that matches, if any).
#}
{% macro graph_learn_identifiers(plan) %}
    {% call graph_temp_table('ig_touched') %}
        select unnest(identifier_keys) as identifier_key from ig_combinations_before
        union
        select unnest(identifier_keys) as identifier_key from ig_combinations_gained
        union
        select identifier_key from ig_values
    {% endcall %}
    {% do graph_take('ig_identifiers_before', 'identifiers', 'identifier_key', 'select identifier_key from ig_touched') %}
    {% call graph_temp_table('ig_learnt') %}
        select
            observed.identifier_key,
            observed.identifier_type,
            observed.identifier_value,
            observed.value_check,
            cast({{ graph_blocking_cases(plan, 'observed.identifier_type', 'observed.identifier_value') }} as bigint) as blocking_priority
        from ig_values as observed
        left join ig_identifiers_before as before on observed.identifier_key = before.identifier_key
        where before.identifier_key is null
    {% endcall %}
{% endmacro %}

{# Whether two identifiers or two combinations have the same key. #}
{% macro graph_has_collision(plan) %}
    {% set compared %}
        select
            (select count(*) from ig_values where is_collision)
            + (select count(*) from ig_combinations_gained where is_collision)
            + (
                select count(*)
                from ig_values as observed
                inner join ig_identifiers_before as before on observed.identifier_key = before.identifier_key
                where observed.value_check <> before.value_check
            )
            + (
                select count(*)
                from ig_combinations_before as before
                inner join ig_combinations_gained as gained on before.combination_key = gained.combination_key
                where before.identifier_keys <> gained.identifier_keys
            )
            > 0
    {% endset %}
    {% do return(query_is_true(compared)) %}
{% endmacro %}

{# Rules of seed identifier_blocklist by priority, read once a run. #}
{% macro graph_blocking_rules(plan) %}
    {% if plan.blocking_rules is not defined %}
        {% set rules = run_query(
            'select priority, identifier_type, match_type, pattern from ' ~ ref('identifier_blocklist')
            ~ ' order by priority'
        ).rows %}
        {% do plan.update({'blocking_rules': rules}) %}
    {% endif %}
    {% do return(plan.blocking_rules) %}
{% endmacro %}

{# Priority of the first blocklist rule that a value of a type matches. Patterns are constants, which engines
   compile once, and not a column. #}
{% macro graph_blocking_case(plan, identifier_type, identifier_value='identifier_value') %}
    {%- set rules = graph_blocking_rules(plan) | selectattr('identifier_type', 'equalto', identifier_type) | list -%}
    {%- if not rules %}{% do return('null') %}{% endif -%}
    case
        {%- for rule in rules %}
        {%- set pattern = "'" ~ rule['pattern'] | replace("'", "''") ~ "'" %}
        when {{ value_matches(identifier_value, pattern) if rule['match_type'] == 'pattern' else identifier_value ~ ' = ' ~ pattern }}
            then {{ rule['priority'] | int }}
        {%- endfor %}
    end
{% endmacro %}

{# The same for a column of types. #}
{% macro graph_blocking_cases(plan, identifier_type, identifier_value) %}
    case {{ identifier_type }}
        {%- for type in plan.types %}
        when '{{ type.identifier_type }}' then {{ graph_blocking_case(plan, type.identifier_type, identifier_value) }}
        {%- endfor %}
    end
{% endmacro %}
