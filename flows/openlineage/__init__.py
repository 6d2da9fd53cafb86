"""OpenLineage: what a run read and wrote, for catalogues that speak its JSON, to a file or to a url."""
