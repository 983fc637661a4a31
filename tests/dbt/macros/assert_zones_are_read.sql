-- Fails if the local time of a zone is not converted to the expected UTC time. Local times skipped or repeated by a clock change are read as standard time.
with

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

select cast(given as text) as given
from wall_clocks
where {{ to_utc('given', 'time_zone') }} is distinct from expected
