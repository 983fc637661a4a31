select
    cast($1 as text) as identifier_type_a,
    cast($2 as text) as identifier_value_a,
    cast($3 as text) as identifier_type_b,
    cast($4 as text) as identifier_value_b
