create schema if not exists {{ schema }};
create table if not exists {{ schema }}.identity_match_models (
    model_version text,
    trained_at timestamp,
    parameters text
);
create table if not exists {{ schema }}.identity_match_pairs (
    identifier_type_a text,
    identifier_value_a text,
    identifier_type_b text,
    identifier_value_b text,
    match_probability double precision,
    match_weight double precision,
    matched_at timestamp,
    model_version text
);
drop table if exists fresh_match_pairs;
create temporary table fresh_match_pairs (
    identifier_type_a text,
    identifier_value_a text,
    identifier_type_b text,
    identifier_value_b text,
    match_probability double precision,
    match_weight double precision
)
