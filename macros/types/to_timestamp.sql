{#-
    Engines differ in the texts that they cast to a timestamp ('now', 'epoch', '1/2/2026', '24:00'), so only texts of
    known forms reach the cast. Nearly all rows are ISO 8601; the other forms cost several replacements.
-#}
{%- macro to_timestamp(column) -%}
    {%- set date = '(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' -%}
    {%- set time = '[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?' -%}
    {%- set epochs = {'9,10': '1000000', '12,13': '1000', '15,16': '1', '18,19': '0.001'} -%}
    case
        when {{ matches(column, '^' ~ date ~ time ~ '(Z|[+-](0[0-9]|1[0-4])(:[0-5][0-9])?)$') }}
            then {{ adapter.dispatch('zoned_timestamp')(column) }}
        when {{ matches(column, '^' ~ date ~ '(' ~ time ~ ')?$') }}
            then {{ adapter.dispatch('local_timestamp')(column) }}
        {%- for digits, microseconds in epochs.items() %}
        when {{ matches(column, '^[0-9]{' ~ digits ~ '}([.][0-9]{1,9})?$') }}
            then {{ adapter.dispatch('epoch_timestamp')(
                'cast(floor(cast(' ~ column ~ ' as numeric(28, 9)) * ' ~ microseconds ~ ') as bigint)'
            ) }}
        {%- endfor %}
        {{ timestamp_of_other_form(column) }}
    end
{%- endmacro -%}

{#-
    Branch of the case above. Year first with dashes or slashes, or day first with dots; one or two digits; 24 or 12
    hours; any offset, or UTC by name. The text is taken apart and put together as ISO 8601.
-#}
{%- macro timestamp_of_other_form(column) -%}
    {%- set year, month, day = '(19|20|21)[0-9]{2}', '(0?[1-9]|1[0-2])', '(0?[1-9]|[12][0-9]|3[01])' -%}
    {%- set year_first = year ~ '(-' ~ month ~ '-|/' ~ month ~ '/)' ~ day -%}
    {%- set minutes = ':[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?' -%}
    {%- set time = '(([01]?[0-9]|2[0-3])' ~ minutes ~ '|(0?[1-9]|1[0-2])' ~ minutes ~ ' ?[AaPp][Mm])' -%}
    {%- set zone = ' ?(Z|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)' -%}
    {%- set day_first = "regexp_replace(" ~ column ~ ", '^([0-9]+)[.]([0-9]+)[.]([0-9]{4}).*$', '\\3-\\2-\\1')" -%}
    {%- set parts = [
        "regexp_replace(" ~ day_first ~ ", '^([0-9]{4})[-/]([0-9]+)[-/]([0-9]+).*$', '\\1-\\2-\\3 ')",
        "coalesce(" ~ first_match(column, '([0-9]+:[0-9:.]+)') ~ ", '00:00')",
        "coalesce(" ~ first_match(column, ':[0-9].*([+-][0-9]{2}):?[0-9]*$') ~ ", '+00')",
        "':'",
        "coalesce(" ~ first_match(column, ':[0-9].*[+-][0-9]{2}:?([0-9]{2})$') ~ ", '00')",
    ] -%}
    when {{ matches(column, '^(' ~ year_first ~ '|' ~ day ~ '[.]' ~ month ~ '[.]' ~ year ~ ')((,? |T)' ~ time ~ '(' ~ zone ~ ')?)?$') }}
        then {{ adapter.dispatch('zoned_timestamp')('(' ~ parts | join(' || ') ~ ')') }} + case
            when {{ matches(column, '[ T]12:.*[Aa][Mm]') }} then -12
            when {{ matches(column, '[Pp][Mm]') }} and not {{ matches(column, '[ T]12:') }} then 12
            else 0
        end * interval '1 hour'
{%- endmacro -%}

{%- macro duckdb__zoned_timestamp(text) -%}
    try_cast({{ text }} as timestamptz) at time zone 'UTC'
{%- endmacro -%}

{#- PostgreSQL rounds the sixth decimal and DuckDB cuts after it, so cut first. -#}
{%- macro postgres__zoned_timestamp(text) -%}
    case
        when pg_input_is_valid({{ text }}, 'timestamptz')
            then cast(regexp_replace({{ text }}, '([.][0-9]{6})[0-9]+', '\1') as timestamptz) at time zone 'UTC'
    end
{%- endmacro -%}

{%- macro duckdb__local_timestamp(text) -%}
    try_cast({{ text }} as timestamp)
{%- endmacro -%}

{%- macro postgres__local_timestamp(text) -%}
    case
        when pg_input_is_valid({{ text }}, 'timestamp')
            then cast(regexp_replace({{ text }}, '([.][0-9]{6})[0-9]+', '\1') as timestamp)
    end
{%- endmacro -%}

{%- macro duckdb__epoch_timestamp(microseconds) -%}
    make_timestamp({{ microseconds }})
{%- endmacro -%}

{#- In two parts, since a number times an interval is computed in floating point. -#}
{%- macro postgres__epoch_timestamp(microseconds) -%}
    timestamp '1970-01-01 00:00:00' + {{ microseconds }} / 1000000 * interval '1 second'
        + {{ microseconds }} % 1000000 * interval '1 microsecond'
{%- endmacro -%}
