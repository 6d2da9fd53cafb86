"""Superset for real: the second opinion on every chart, and the long check that starts the server."""
