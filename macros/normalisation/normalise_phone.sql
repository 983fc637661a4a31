{#- No calling code is the prefix of another, so the first digits determine its length and both
    look-ups are equality joins with a small seed. -#}
{%- macro normalise_phone(relation, column, country='cast(null as text)') -%}
    select
        numbered.*,
        case
            when code.calling_code is null and length(numbered._international) between 8 and 15
                then '+' || numbered._international
            when
                length({{ national_number() }})
                between code.min_national_length and code.max_national_length
                then '+' || code.calling_code || {{ national_number() }}
        end as phone
    from (
        select
            dialled.*,
            case
                when dialled._dialled like '+%' then substr(dialled._dialled, 2)
                when starts_with(dialled._dialled, home.international_prefix)
                    then substr(dialled._dialled, length(home.international_prefix) + 1)
                else home.calling_code || dialled._dialled
            end as _international
        from (
            select
                {{ relation }}.*,
                {{ dialled_number(column) }} as _dialled,
                coalesce(upper({{ country }}), '{{ var("default_country") }}') as _phone_country
            from {{ relation }}
        ) as dialled
        left join {{ ref('phone_countries') }} as home on dialled._phone_country = home.country
    ) as numbered
    left join (
        select
            calling_code,
            max(trunk_prefix) as trunk_prefix,
            min(min_national_length) as min_national_length,
            max(max_national_length) as max_national_length
        from {{ ref('phone_countries') }}
        group by calling_code
    ) as code on {{ calling_code('numbered._international') }} = code.calling_code
{%- endmacro -%}
