-- Fails if a field of a JSON text is not the expected one; invalid JSON has no fields.
with

cases as (

    select * from (
        values
        ('{"id": "a", "price": 9.5, "deep": {"er": "b"}}', 'a', '9.5', 'b'),
        ('{"id": 12345678901234567, "price": "9,5", "deep": {}}', '12345678901234567', '9,5', null),
        ('{"id": null, "price": true, "deep": "flat"}', null, 'true', null),
        ('{"id": "ä ""quoted", "price": "x"}', null, null, null),
        ('{"id": "\u00e4\n"}', 'ä' || chr(10), null, null),
        ('{"id": [1, ], "price": NaN, "deep": {"er": -Infinity,}, }', '[1]', 'NaN', '-Infinity'),
        ('{"id": "a"', null, null, null),
        ('[]', null, null, null),
        ('"id"', null, null, null),
        ('id', null, null, null),
        ('', null, null, null),
        (cast(null as text), null, null, null)
    ) as cases (given, expected_id, expected_price, expected_deep)

),

parsed as (

    select
        *,
        {{ parse_json('given') }} as parsed_given
    from cases

),

read as (

    select
        *,
        {{ json_fields('parsed_given', {'id': 'id', 'price': 'price', 'deep': 'deep.er'}) }},
        {{ json_text('parsed_given', ['deep', 'er']) }} as deep_again
    from parsed

)

select given
from read
where
    id is distinct from expected_id
    or price is distinct from expected_price
    or deep is distinct from expected_deep
    or deep_again is distinct from expected_deep
