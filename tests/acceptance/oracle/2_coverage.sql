-- A membership in force is one that covers its worker on the reference day: the day of the snapshot, or the last of the month if that is past.
create table snapshot as select distinct month, as_of_date from membership;

create macro covers(held, reference_day) as
    held.start_date <= reference_day
    and (held.end_date is null or held.end_date >= reference_day)
    and (held.segment <> 'BPU' or coalesce(held.paid_through >= held.month - interval 3 months, false));

create table in_force as
select * from membership where covers(membership, least(as_of_date, last_day(month)));

create table presence as
with based as (
    select 'RESIDENCE' as basis, residence as regency, * from in_force
    union all
    select 'WORKPLACE', workplace, * from in_force where workplace is not null
),
levelled as (
    select unnest([regency, regency[1:2], '00']) as region_code, * from based
),
scoped as (
    select unnest(case segment when 'PMI' then ['PMI', 'ALL'] else [segment, 'UCJ', 'ALL'] end) as scope, * from levelled
)
select month, as_of_date, basis, region_code, scope, worker, programmes, is_vulnerable from scoped;

create table worker_presence as
select month, as_of_date, basis, region_code, scope, worker, bool_or(is_vulnerable) as is_vulnerable
from presence
group by all;

-- What was known on the day of a snapshot about each earlier month: its newest snapshot not after that day.
create table known as
select now.month, now.as_of_date, past.month as past_month, max(past.as_of_date) as past_as_of
from snapshot now
join snapshot past on past.month < now.month and past.as_of_date <= now.as_of_date
group by all;

create table earlier as
select
    known.month, known.as_of_date, basis, region_code, scope, worker,
    bool_or(past_month = known.month - interval 1 month) as was_active, bool_or(past_month < known.month - interval 1 month) as was_active_before
from known
join worker_presence past on past.month = past_month and past.as_of_date = past_as_of
group by all;

create table movement as
select
    month, as_of_date, basis, region_code, scope,
    count(now.worker) as active_workers,
    count(*) filter (now.is_vulnerable) as vulnerable_workers,
    count(*) filter (now.worker is not null and was_active is not true and was_active_before is not true) as joined_workers,
    count(*) filter (now.worker is not null and was_active is not true and was_active_before) as returned_workers,
    count(*) filter (now.worker is null and was_active) as left_workers
from worker_presence now
full join earlier using (month, as_of_date, basis, region_code, scope, worker)
group by all
having count(now.worker) > 0 or left_workers > 0;

-- The denominator of a regency: the newest period not after the month among the releases of that day, the newest release of it.
create table regency_workforce as
select month, as_of_date, region_code, source, period, eligible_workers
from snapshot
join workforce on period <= month and released_on <= as_of_date
qualify row_number() over (partition by month, as_of_date, region_code order by period desc, released_on desc) = 1;

create table region_workforce as
with regencies as (
    select unnest([region.region_code, province, '00']) as region_code, region.region_code as regency from region where level = 'regency'
)
select
    snapshot.month, snapshot.as_of_date, regencies.region_code,
    case when count(*) = count(eligible_workers) then sum(eligible_workers)::bigint end as eligible_workers,
    case when count(*) = count(eligible_workers) then case when min(source) = max(source) then min(source) else 'MIXED' end end as workforce_source,
    case when count(*) = count(eligible_workers) then strftime(min(period), '%Y-%m') end as workforce_period
from snapshot
cross join regencies
left join regency_workforce found
    on found.month = snapshot.month and found.as_of_date = snapshot.as_of_date and found.region_code = regencies.regency
group by all;

create view fact_coverage as
select
    region_code, month, as_of_date, basis, scope as segment, active_workers, vulnerable_workers,
    case when has_past then joined_workers end as joined_workers,
    case when has_past then returned_workers end as returned_workers,
    case when has_past then left_workers end as left_workers,
    eligible_workers, workforce_source, workforce_period, active_workers / eligible_workers as coverage_ratio
from movement
join region_workforce using (month, as_of_date, region_code)
join (
    select month, as_of_date, exists (
        select * from known where known.month = snapshot.month and known.as_of_date = snapshot.as_of_date and past_month = snapshot.month - interval 1 month
    ) as has_past
    from snapshot
) using (month, as_of_date);

create view fact_programme_coverage as
select region_code, month, as_of_date, basis, scope as segment, programme, count(distinct worker) as active_workers
from (select *, unnest(programmes) as programme from presence)
group by all;

create view fact_workforce as select * replace (strftime(period, '%Y-%m') as period) from workforce;

create view fact_target as select * from target;
