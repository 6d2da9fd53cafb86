"""Apache Superset: a bundle of datasets, charts and dashboards from the declarations, and one command that serves it.

`bundle/` is what `bundle.py` writes. `superset_config.py` and `prepare.py` run inside Superset's own environment, the
rest in the project's.
"""
