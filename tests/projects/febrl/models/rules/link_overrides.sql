select
    override_id,
    decision,
    identifier_type_a,
    identifier_value_a,
    identifier_type_b,
    identifier_value_b,
    decided_at
from {{ target.schema }}.test_link_overrides
