-- Fails if trimmed, to_boolean or known_time_zone does not return the expected value.
with

cases as (

    select * from (
        values
        ('a', 'a'),
        ('a b', 'a b'),
        (' a ', 'a'),
        (chr(9) || chr(65279) || 'a' || chr(13) || chr(10), 'a'),
        (chr(160) || 'ä ö' || chr(8203), 'ä ö'),
        ('  ', cast(null as text)),
        (chr(160), null),
        ('', null),
        (null, null)
    ) as cases (given, expected)

),

booleans as (

    select * from (
        values
        ('true', true),
        ('TRUE', true),
        ('t', true),
        ('Yes', true),
        ('1', true),
        ('false', false),
        ('F', false),
        ('no', false),
        ('0', false),
        ('2', null),
        ('on', null),
        ('maybe', null),
        ('', null),
        (null, null)
    ) as booleans (given, expected)

),

time_zones as (

    select * from (
        values
        ('Europe/Berlin', 'Europe/Berlin'),
        ('America/New_York', 'America/New_York'),
        ('UTC', 'UTC'),
        ('Europe/Atlantis', null),
        ('+02:00', null),
        ('', null),
        (null, null)
    ) as time_zones (given, expected)

)

select given
from cases
where {{ trimmed('given') }} is distinct from expected

union all

select given
from booleans
where {{ to_boolean('given') }} is distinct from expected

union all

select given
from time_zones
where {{ known_time_zone('given') }} is distinct from expected
