{#- Sources of which one of the two graphs has not processed all records. -#}
select before.source_model
from {{ notes }}.before_batches as before
inner join {{ notes }}.after_batches as after
    on before.source_model = after.source_model
where before.last_batch is distinct from after.last_batch
order by before.source_model
