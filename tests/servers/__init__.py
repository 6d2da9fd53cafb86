"""Real servers on loopback, started and ended by the tests, each with the faults that real ones have."""
