{#
    Answers by position. The parameters are the columns of spans of positions, each as one text with
    the values separated by the character 31, which is many times faster than lists.

    Context: engine. Parameters: first position, last position, status, attempts, reason, receiver's
    id.
#}
insert into sync_answers
select
    {% if engine == "postgres" %}
    generate_series(first_position, last_position) as batch_position,
    {% else %}
    unnest(generate_series(first_position, last_position)) as batch_position,
    {% endif %}
    status,
    cast(attempt_count as bigint) as attempt_count,
    nullif(reason, '') as reason,
    nullif(receiver_id, '') as receiver_id
from (
    select
        cast(unnest(string_to_array(cast($1 as text), chr(31))) as bigint) as first_position,
        cast(unnest(string_to_array(cast($2 as text), chr(31))) as bigint) as last_position,
        unnest(string_to_array(cast($3 as text), chr(31))) as status,
        unnest(string_to_array(cast($4 as text), chr(31))) as attempt_count,
        unnest(string_to_array(cast($5 as text), chr(31))) as reason,
        unnest(string_to_array(cast($6 as text), chr(31))) as receiver_id
) as spans
