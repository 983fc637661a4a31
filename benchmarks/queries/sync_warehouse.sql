{#- A payload of people who have consented to two channels. -#}
create schema cdp_syncs;
create schema cdp_profiles;
create schema cdp_identity;
create table cdp_syncs.members as
select
    md5(i::varchar) as profile_id,
    'customer' || i || '@mail.example' as email,
    'Name ' || (hash(i) % 5000) as first_name,
    'Product ' || (hash(i + 1) % 5000) as product,
    cast((hash(i) % 50000) / 100.0 as numeric(18, 2)) as amount,
    cast(hash(i + 2) % 40 as bigint) as visit_count,
    (hash(i + 3) % 1000000) / 1e6 as score,
    hash(i) % 3 = 0 as is_member,
    date '2020-01-01' + cast(hash(i) % 2000 as integer) as joined_date,
    timestamp '2026-01-01' + to_milliseconds(i * 137) as seen_at
from range({{ rows }}) as numbers (i);
create table cdp_profiles.profile_consents as
select
    profile_id,
    channel,
    'marketing' as purpose,
    'granted' as status,
    timestamp '2026-01-01' as recorded_at
from cdp_syncs.members, (values ('email'), ('push')) as channels (channel);
create table cdp_profiles.suppressions as
select profile_id, 'sms' as channel from cdp_syncs.members limit 1000;
create table cdp_identity.profile_redirects as
select
    'merged ' || profile_id as old_profile_id,
    profile_id,
    timestamp '2026-01-01' as redirected_at
from cdp_syncs.members
using sample 5 percent (bernoulli, 1)
