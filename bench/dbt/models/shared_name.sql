SELECT unnest({{ var('shared_names') }}) AS name
