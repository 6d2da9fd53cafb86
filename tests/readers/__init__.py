"""Readers of several DuckDB versions, each a process of its own, while versions are published: no error, no mix."""
