"""Metadata for others: the forms of Satu Data Indonesia and one DCAT file, all from the declarations."""
