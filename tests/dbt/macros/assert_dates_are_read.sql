-- Fails if to_date does not return the expected date; null means unreadable.
with

cases as (

    select * from (
        values
        ('1985-02-28', '1985-02-28'),
        ('2024-02-29', '2024-02-29'),
        ('2026-02-29', null),
        ('2026-02-31', null),
        ('2026-13-01', null),
        ('0000-00-00', null),
        ('31.02.1985', null),
        ('02/28/1985', null),
        ('19850228', null),
        ('1985-2-8', null),
        ('1985-02-28T00:00:00', null),
        ('1985-02-28 BC', null),
        ('today', null),
        ('-infinity', null),
        ('', null),
        (cast(null as text), null)
    ) as cases (given, expected)

),

read as (

    select
        given,
        expected,
        cast({{ to_date('given') }} as text) as actual
    from cases

)

select * from read
where actual is distinct from expected
