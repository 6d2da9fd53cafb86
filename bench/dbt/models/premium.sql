SELECT
    region_code, segment, programme, funding_source, sum(workers)::BIGINT AS workers_billed, sum(billed_idr)::BIGINT AS billed_idr,
    sum(paid_idr)::BIGINT AS paid_idr,
    {% if var('is_overdue') %}sum(greatest(billed_idr - paid_idr, 0))::BIGINT{% else %}0::BIGINT{% endif %} AS arrears_idr
FROM {{ ref('account') }}
GROUP BY ALL
