create table if not exists {{ table }} (
    lookup_id text primary key,
    looked_up_at timestamp not null,
    user_name text not null,
    role text not null,
    view_name text not null,
    profile_id text,
    is_masked boolean not null,
    searched_hash text
)
