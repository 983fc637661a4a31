-- Fails if the normalised or canonical address is not the expected one; null means not an address.
with

cases as (

    select * from (
        values
        ('anna@example.com', 'anna@example.com', 'anna@example.com'),
        (' Anna.MEYER@Example.COM ', 'anna.meyer@example.com', 'anna.meyer@example.com'),
        (chr(9) || 'anna@example.com' || chr(10), 'anna@example.com', 'anna@example.com'),
        (chr(160) || 'anna@example.com' || chr(8203), 'anna@example.com', 'anna@example.com'),
        ('anna+shop@gmx.de', 'anna+shop@gmx.de', 'anna@gmx.de'),
        ('a.n.n.a@gmail.com', 'a.n.n.a@gmail.com', 'anna@gmail.com'),
        ('A.Nna+x+y@GoogleMail.com', 'a.nna+x+y@googlemail.com', 'anna@gmail.com'),
        ('a.n.n.a@gmail.example', 'a.n.n.a@gmail.example', 'a.n.n.a@gmail.example'),
        ('+tag@example.com', '+tag@example.com', '+tag@example.com'),
        ('o''hara_1-2@sub.example.co.uk', 'o''hara_1-2@sub.example.co.uk', 'o''hara_1-2@sub.example.co.uk'),
        ('anna@münchen.de', null, null),
        ('änna@example.com', null, null),
        (chr(8490) || 'arl@example.com', null, null),
        ('anna@example', null, null),
        ('anna@example.c', null, null),
        ('anna@-example.com', null, null),
        ('anna@example..com', null, null),
        ('.anna@example.com', null, null),
        ('anna.@example.com', null, null),
        ('an..na@example.com', null, null),
        ('an na@example.com', null, null),
        ('anna@@example.com', null, null),
        ('anna@ex@ample.com', null, null),
        ('Anna <anna@example.com>', null, null),
        ('anna@example.com, otto@example.com', null, null),
        ('@example.com', null, null),
        ('anna@', null, null),
        (repeat('a', 250) || '@example.com', null, null),
        ('n/a', null, null),
        ('null', null, null),
        ('-', null, null),
        ('', null, null),
        (cast(null as text), null, null)
    ) as cases (given, expected, expected_canonical)

),

normalised as (

    select
        given,
        expected,
        expected_canonical,
        {{ normalise_email('given') }} as actual
    from cases

),

canonical as (

    select
        *,
        {{ canonical_email('actual') }} as actual_canonical
    from normalised

)

select * from canonical
where actual is distinct from expected
    or actual_canonical is distinct from expected_canonical
    or coalesce({{ is_email('actual') }}, false) <> (actual is not null)
