"""When it runs, and in which order: settings, receiving, the steps of a load, the Prefect flow and the command line."""
