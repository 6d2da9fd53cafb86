"""Diagrams as SVG: no scripts, nothing fetched, and the same text for the same declarations, so that a test can compare.

`svg` writes shapes, `layered` places a graph in columns, `entities` draws the tables and their joins. What is drawn from
the build graph sits in `flows`, because imports go downward only.
"""
