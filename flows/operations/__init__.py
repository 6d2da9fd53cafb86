"""The night shift on Prefect: deployments, their set-up, what their runs show, and the server beside them."""
