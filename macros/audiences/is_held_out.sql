{#
    The arm depends on a hash of audience and profile, so it never changes, and arms of different
    audiences are independent. Raising the percentage only adds profiles to the holdout. The global
    holdout applies to every audience.
#}
{% macro is_held_out(audience, profile_id, percentage) %}
    (
        {{ hash_bucket("'" ~ audience ~ "|' || " ~ profile_id) }} < {{ percentage }} * 10000
        or {{ hash_bucket("'global_holdout|' || " ~ profile_id) }}
        < {{ var('global_holdout_percentage') }} * 10000
    )
{%- endmacro %}
