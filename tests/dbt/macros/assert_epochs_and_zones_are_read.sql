-- Fails if milliseconds since 1970, or the local time of a zone, are not converted to the expected
-- UTC time. Local times skipped or repeated by a clock change are read as standard time.
with

epochs as (

    select * from (
        values
        ('1772359200000', '2026-03-01 10:00:00'),
        ('1772359200123', '2026-03-01 10:00:00.123'),
        ('999999999999', '2001-09-09 01:46:39.999'),
        ('1772359200', null),
        ('1772359200000000', null),
        ('-1772359200000', null),
        ('1.7723592e12', null),
        ('yesterday', null),
        ('', null),
        (cast(null as text), null)
    ) as epochs (given, expected)

),

wall_clocks as (

    select * from (
        values
        (timestamp '2026-01-15 12:00:00', 'Europe/Berlin', timestamp '2026-01-15 11:00:00'),
        (timestamp '2026-07-15 12:00:00', 'Europe/Berlin', timestamp '2026-07-15 10:00:00'),
        (timestamp '2026-03-29 02:30:00', 'Europe/Berlin', timestamp '2026-03-29 01:30:00'),
        (timestamp '2026-10-25 02:30:00', 'Europe/Berlin', timestamp '2026-10-25 01:30:00'),
        (timestamp '2026-07-15 00:30:00', 'Asia/Kolkata', timestamp '2026-07-14 19:00:00'),
        (timestamp '2026-07-15 12:00:00', null, null)
    ) as wall_clocks (given, time_zone, expected)

)

select given
from epochs
where
    cast({{ epoch_milliseconds_to_timestamp('given') }} as text) is distinct from expected

union all

select cast(given as text) as given
from wall_clocks
where {{ to_utc('given', 'time_zone') }} is distinct from expected
