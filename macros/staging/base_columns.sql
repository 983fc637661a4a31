{#- Columns that the base model's YAML declares, but for the status that is being worked out. -#}
{%- macro base_columns() -%}
    {%- for column in model.columns.values() if column.data_type == 'double precision' -%}
        {{- exceptions.raise_compiler_error(
            'Column ' ~ column.name ~ ' of ' ~ model.name ~ ' is a double precision, whose text'
            ~ ' differs by engine and with it the winner among duplicates: keep it as numeric'
            ~ ' in the base model and cast it in the staging model.'
        ) -}}
    {%- endfor -%}
    {%- set names = (model.columns or expected_columns()) -%}
    {{- return(names.keys() | reject('equalto', '_row_status') | list) -}}
{%- endmacro -%}

{#- dbt gives the node of a unit test no columns: those that it expects will do, and our own. -#}
{%- macro expected_columns() -%}
    {%- set names = {
        '_record_key': {}, '_quarantine_reason': {}, '_original_text': {},
        '_load_id': {}, '_file': {}, '_row_number': {}, '_loaded_at': {},
    } -%}
    {%- for row in model.config.expected_rows or [] -%}
        {%- do names.update(row) -%}
    {%- endfor -%}
    {{- return(names) -}}
{%- endmacro -%}

{#- The same as select items of the declared types, with the column that ranks. PostgreSQL's `case`
    forgets the precision of a numeric, and an incremental run would then refuse the column. -#}
{%- macro base_select_items(newest_first) -%}
    {%- set names = base_columns() -%}
    {%- if newest_first and newest_first not in names -%}{%- do names.append(newest_first) -%}{%- endif -%}
    {%- for name in names %}
        {%- set type = (model.columns[name] or {}).data_type %}
        {{ 'cast(' ~ name ~ ' as ' ~ type ~ ')' if type else name }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro -%}
