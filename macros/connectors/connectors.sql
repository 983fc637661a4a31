{#
    Names of the connectors that are on: those that CDP_CONNECTORS lists. `demo` stands for the connectors of the
    generated company.
#}
{% macro connector_names() %}
    {% set names = [] %}
    {% for listed in env_var('CDP_CONNECTORS', 'demo').split(',') %}
        {% set listed = listed | trim %}
        {% for name in (var('demo_connectors').split(' ') if listed == 'demo' else [listed]) if name not in names + [''] %}
            {% if context.get('connector_' ~ name) is none %}
                {{ exceptions.raise_compiler_error(
                    "CDP_CONNECTORS lists '" ~ name ~ "', which is no connector: there is no macros/connectors/connector_"
                    ~ name ~ ".sql. Correct the name, or create the connector: cdp new connector " ~ name
                ) }}
            {% endif %}
            {% do names.append(name) %}
        {% endfor %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}

{# Whether the connector of the current model, which is the name of its folder in models/staging, is on. #}
{% macro connector_is_on() %}
    {% do return(model.fqn[2] in connector_names()) %}
{% endmacro %}

{# Entries of one connector by staging model: what its macro `connector_<name>` returns. #}
{% macro connector_entries(name) %}
    {% do return(context['connector_' ~ name]()) %}
{% endmacro %}

{#
    Entries of the connectors that are on, one per staging model, with `connector`, `model` and `base`: all of them, or
    those that fill a contract.
#}
{% macro connector_models(contract=none) %}
    {% set found = [] %}
    {% for name in connector_names() %}
        {% for model_name, entry in connector_entries(name).items() if contract is none or contract in entry %}
            {% set completed = {
                'connector': name, 'model': model_name, 'channel': name, 'base': default_base(model_name),
            } %}
            {% do completed.update(entry) %}
            {% if 'identifiers' in entry and 'events' not in entry and 'orders' not in entry and 'returns' not in entry %}
                {{ exceptions.raise_compiler_error(
                    'macros/connectors/connector_' ~ name ~ '.sql: ' ~ model_name ~ ' has identifiers but no place on the'
                    ~ ' timeline, so that its records would reach no profile. Add events, orders or returns; one event'
                    ~ " name is enough: 'events': {'event_name': \"'contact_updated'\"}"
                ) }}
            {% endif %}
            {% do found.append(completed) %}
        {% endfor %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}

{# Base models of the staging models that fill a contract. #}
{% macro connector_bases(contract) %}
    {% set bases = [] %}
    {% for source in connector_models(contract) %}
        {% if source.base not in bases %}{% do bases.append(source.base) %}{% endif %}
    {% endfor %}
    {% do return(bases) %}
{% endmacro %}

{#
    Base models that bring order lines and nothing else of an order, so that only their own changes tell that an order
    has changed.
#}
{% macro bases_of_lines_alone() %}
    {% set known = connector_bases('events') + connector_bases('orders') + connector_bases('returns') %}
    {% set bases = connector_bases('order_lines') | reject('in', known) | list %}
    {% for source in connector_models('order_lines') %}
        {% for base in source.get('joined', {}) if base not in bases %}{% do bases.append(base) %}{% endfor %}
    {% endfor %}
    {% do return(bases) %}
{% endmacro %}
