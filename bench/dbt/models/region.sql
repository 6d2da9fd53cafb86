SELECT unnest({{ var('regions') }}) AS region_code
