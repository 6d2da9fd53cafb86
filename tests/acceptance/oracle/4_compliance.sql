create table owed_programmes as
select * from (values
    ('BESAR', ['JHT', 'JKK', 'JKM', 'JP']), ('MENENGAH', ['JHT', 'JKK', 'JKM', 'JP']), ('KECIL', ['JHT', 'JKK', 'JKM']), ('MIKRO', ['JKK', 'JKM'])
) as rule (scale, owed);

create table division as
select lpad(number::varchar, 2, '0') as division, letter as sector
from (values
    ('A', 1, 3), ('B', 5, 9), ('C', 10, 33), ('D', 35, 35), ('E', 36, 39), ('F', 41, 43), ('G', 45, 47), ('H', 49, 53), ('I', 55, 56), ('J', 58, 63),
    ('K', 64, 66), ('L', 68, 68), ('M', 69, 75), ('N', 77, 82), ('O', 84, 84), ('P', 85, 85), ('Q', 86, 88), ('R', 90, 93), ('S', 94, 96),
    ('T', 97, 98), ('U', 99, 99)
) as section (letter, first, last), range(first, last + 1) as numbers (number);

-- A month is assessed on every day it was seen, by its members or by its payments; members as of the newest list not after that day.
create table assessed as
select month, as_of_date, (select max(seen.as_of_date) from snapshot seen where seen.month = pair.month and seen.as_of_date <= pair.as_of_date) as members_as_of
from (select * from snapshot union select * from bill_snapshot) pair
where members_as_of is not null;

create table listed as
select month, as_of_date, employer.*
from assessed
join employer on listed_on = (select max(seen.listed_on) from employer seen where seen.listed_on <= as_of_date);

create table employed as
select assessed.as_of_date as assessed_on, membership.*
from assessed
join membership on membership.month = assessed.month and membership.as_of_date = members_as_of
where employer is not null and covers(membership, least(assessed.as_of_date, last_day(assessed.month)));

create table registered_workers as
select month, assessed_on as as_of_date, employer, count(distinct worker) as workers, list_distinct(flatten(list(programmes))) as programmes_of_members
from employed
group by all;

create table underpaid as
select distinct month, assessed_on as as_of_date, employer
from employed
join minimum_wage on region_code = workplace and minimum_wage.year = year(month)
where segment = 'PU' and wage_idr < minimum_idr;

-- The age of arrears runs from the oldest overdue month that is not fully paid to the month in which it is seen.
create table employer_arrears as
select
    assessed.month, assessed.as_of_date, employer, sum(unpaid_idr)::bigint as arrears_idr,
    datediff('month', min(owed.month) filter (unpaid_idr > 0), any_value(assessed.as_of_date)) as months
from assessed
join owed on known_on = assessed.as_of_date and owed.month <= assessed.month and is_overdue
where employer is not null
group by all;

create table paid_late as
select distinct month, known_on as as_of_date, employer
from known_bill
where employer is not null and paid_idr > 0 and paid_date > due_date(month);

create view employer_month as
with findings as (
    select
        case when is_registered then '' else 'NIB:' end || listed.employer as employer_key, employer_name, region_code, month, as_of_date, scale, sector,
        not is_registered as is_unregistered,
        is_registered and declared_workers > coalesce(workers, 0) as is_workers_missing,
        is_registered and underpaid.employer is not null as is_wage_below_minimum,
        is_registered and not list_has_all(coalesce(programmes, programmes_of_members, []), owed) as is_programme_missing,
        paid_late.employer is not null as is_late,
        case when is_registered then greatest(0, declared_workers - coalesce(workers, 0)) else 0 end as missing_workers,
        coalesce(arrears_idr, 0) as arrears_idr,
        case when coalesce(arrears_idr, 0) = 0 then null when months <= 3 then 'LANCAR' when months <= 6 then 'KURANG_LANCAR'
            when months <= 9 then 'MACET' else 'KONTINJENSI' end as arrears_class
    from listed
    join owed_programmes using (scale)
    join division on division = kbli[1:2]
    left join registered_workers using (month, as_of_date, employer)
    left join underpaid using (month, as_of_date, employer)
    left join employer_arrears using (month, as_of_date, employer)
    left join paid_late using (month, as_of_date, employer)
)
select
    *,
    not (is_unregistered or is_workers_missing or is_wage_below_minimum or is_programme_missing or is_late) and arrears_class is null as is_compliant
from findings;

create view fact_compliance as
select
    region_code, month, as_of_date, scale, sector,
    count(*) as obliged_employers,
    count(*) filter (not is_unregistered) as registered_employers,
    count(*) filter (is_unregistered) as unregistered_employers,
    count(*) filter (is_workers_missing) as workers_missing_employers,
    count(*) filter (is_wage_below_minimum) as wage_below_minimum_employers,
    count(*) filter (is_programme_missing) as programme_missing_employers,
    count(*) filter (arrears_class = 'LANCAR') as arrears_current_employers,
    count(*) filter (arrears_class = 'KURANG_LANCAR') as arrears_substandard_employers,
    count(*) filter (arrears_class = 'MACET') as arrears_bad_employers,
    count(*) filter (arrears_class = 'KONTINJENSI') as arrears_contingent_employers,
    count(*) filter (is_late) as late_employers,
    count(*) filter (is_compliant) as compliant_employers,
    sum(missing_workers)::bigint as missing_workers,
    sum(arrears_idr)::bigint as arrears_idr,
    compliant_employers / obliged_employers as compliance_ratio
from employer_month
group by all;
