{#
    What acknowledge.sql reads: the answers by position, and the intents that they answer. Context:
    engine, run_id and the ledger.
#}
create temp table sync_answers (
    batch_position bigint, status text, attempt_count bigint, reason text, receiver_id text
);

{% if engine == "postgres" %}
-- Intents change too fast for statistics: with an index on both sides any join order is a good one.
create index sync_answers_by_position on sync_answers (batch_position);
{% endif %}

create temp view sync_answered as
select
    intents.*,
    answers.status, answers.attempt_count, answers.reason, answers.receiver_id
from {{ sync_intents }} as intents
inner join sync_answers as answers on intents.batch_position = answers.batch_position
where
    intents.sync_name = {{ sync_name }}
    and intents.run_id = {{ run_id }};
