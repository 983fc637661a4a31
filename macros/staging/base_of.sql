{#- Base model that a staging model reads: the one of the same name, unless the connector names another. -#}
{%- macro base_of(model_name) -%}
    {{- return(ref(entry_of(model_name).base or default_base(model_name))) -}}
{%- endmacro -%}

{%- macro default_base(model_name) -%}
    {{- return(model_name | replace('stg_', 'base_', 1)) -}}
{%- endmacro -%}

{#- All base models that a staging model reads. -#}
{%- macro bases_of(model_name) -%}
    {%- set bases = [base_of(model_name)] -%}
    {%- for base in joined_bases(model_name) -%}{%- do bases.append(ref(base)) -%}{%- endfor -%}
    {{- return(bases) -}}
{%- endmacro -%}

{#-
    Further base models whose rows are joined to those of a staging model, with the SQL expression over such a row that
    gives the key of the record which it belongs to.
-#}
{%- macro joined_bases(model_name) -%}
    {{- return(entry_of(model_name).joined or {}) -}}
{%- endmacro -%}

{#-
    Entry of a staging model, whose name tells its connector; empty for a model that belongs to no connector. Projects
    without connectors, such as the small ones of the tests, use staging too.
-#}
{%- macro entry_of(model_name) -%}
    {%- set name = model_name.split('__')[0] | replace('stg_', '', 1) -%}
    {{- return(connector_entries(name).get(model_name, {}) if context.get('connector_' ~ name) is not none else {}) -}}
{%- endmacro -%}
