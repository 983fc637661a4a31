-- Fails for a name whose initial identity_initial reads otherwise than this table says.
with

cases as (

    select * from (
        values
        ('Anna', 'Anna Meyer', 'a'),
        (' ÉMILE ', 'Émile Roux', 'e'),
        ('Dr. Prof. Jörg', 'Dr. Jörg Meyer', 'j'),
        ('Drew', 'Meyer, Drew', 'd'),
        ('Drew', 'MEYER ,Drew', 'd'),
        (null, 'Meyer', null),
        (null, 'Frau Meyer', null),
        (null, 'Meyer, ', null),
        ('  ', ' ', null),
        ('Юлия', 'Юлия Иванова', null),
        (null, null, null)
    ) as cases (first_name, full_name, expected)

),

read as (

    select
        *,
        {{ identity_initial('first_name') }} as of_first_name,
        {{ identity_initial(full_name='full_name') }} as of_full_name
    from cases

)

select * from read
where
    of_first_name is distinct from expected
    or of_full_name is distinct from expected
