{{ base_config() }}

with

source as (
    {{ staging_source('catalog', 'stores') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('store_id') }} as store_id,
        {{ trimmed('store_name') }} as store_name,
        {{ trimmed('address_line') }} as address_line,
        {{ trimmed('postcode') }} as postcode,
        {{ trimmed('city') }} as city,
        upper({{ trimmed('country') }}) as country,
        {{ to_number(trimmed('latitude'), 'numeric(9, 6)') }} as latitude,
        {{ to_number(trimmed('longitude'), 'numeric(9, 6)') }} as longitude,
        {{ known_time_zone(trimmed('time_zone')) }} as time_zone,
        {{ to_date(trimmed('opened_on')) }} as opened_date
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='store_id', newest_first='opened_date', rules=[
    missing('store_id'),
    required('time_zone', 'time zone'),
    unreadable('latitude', 'number'),
    unreadable('longitude', 'number'),
    unreadable('opened_on', 'date', 'opened_date'),
    ['latitude not between -90 and 90', 'latitude is not on the globe'],
    ['longitude not between -180 and 180', 'longitude is not on the globe'],
]) }}

select * from staged
