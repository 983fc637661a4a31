with

links as (
    select * from {{ ref('int_identity__links_proposed') }}
),

shared_identifiers as (
    select * from {{ ref('int_identity__shared_identifiers') }}
),

guarded as (
    select
        links.*,
        case
            when shared_a.identifier_key is not null or shared_b.identifier_key is not null
                then 'shared_identifier'
        end as withheld_reason
    from links
    left join shared_identifiers as shared_a
        on links.identifier_key_a = shared_a.identifier_key
    left join shared_identifiers as shared_b
        on links.identifier_key_b = shared_b.identifier_key
)

select * from guarded
