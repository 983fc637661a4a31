{#
    Whether a profile belongs to the `percentage` of an audience that is never reached, so that what
    reaching is worth can be measured. A hash of both keeps a profile in the same arm for ever, and
    in arms of its own in each audience; a higher percentage only adds to the held-out. Who is in
    the global holdout is held out of every audience.
#}
{% macro is_held_out(audience, profile_id, percentage) %}
    (
        {{ hash_bucket("'" ~ audience ~ "|' || " ~ profile_id) }} < {{ percentage }} * 10000
        or {{ hash_bucket("'global_holdout|' || " ~ profile_id) }}
        < {{ var('global_holdout_percentage') }} * 10000
    )
{%- endmacro %}
