-- Fails if to_number or to_integer does not return the expected number; null means unreadable.
with

cases as (

    select * from (
        values
        ('12', '12.00', '12'),
        ('12.0', '12.00', '12'),
        ('-3', '-3.00', '-3'),
        ('+3', '3.00', '3'),
        ('007', '7.00', '7'),
        ('12.5', '12.50', null),
        ('1.005', '1.01', null),
        ('-1.005', '-1.01', null),
        ('1.0049999999999', '1.00', null),
        ('0.1', '0.10', null),
        ('1e2', '100.00', null),
        ('1.5E-1', '0.15', null),
        ('5e-06', '0.00', null),
        ('0.005e5', '500.00', null),
        ('1e17', null, null),
        ('1e99', null, null),
        ('1e400', null, null),
        ('9999999999999999.99', '9999999999999999.99', null),
        ('9999999999999999.999', null, null),
        ('99999999999999999', null, '99999999999999999'),
        ('9999999999999999999', null, null),
        ('.5', null, null),
        ('5.', null, null),
        ('12,50', null, null),
        ('12,50 EUR', null, null),
        ('1,000', null, null),
        ('1_000', null, null),
        ('1 000', null, null),
        ('0x1F', null, null),
        ('1e', null, null),
        ('--1', null, null),
        ('NaN', null, null),
        ('nan', null, null),
        ('Infinity', null, null),
        ('-inf', null, null),
        ('true', null, null),
        ('abc', null, null),
        ('two', null, null),
        ('', null, null),
        (' 1', null, null),
        (cast(null as text), null, null)
    ) as cases (given, expected_number, expected_integer)

),

read as (

    select
        given,
        expected_number,
        expected_integer,
        cast({{ to_number('given') }} as text) as actual_number,
        cast({{ to_integer('given') }} as text) as actual_integer
    from cases

)

select * from read
where actual_number is distinct from expected_number
    or actual_integer is distinct from expected_integer
