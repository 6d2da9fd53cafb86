"""Who loads the month of the bench: each engine is a command `python -m bench.engines.<name> SOURCE OUT`."""
