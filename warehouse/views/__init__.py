"""Views and macros of schema mart, one SQL file each with its comment; files run in order of name.

10 everything ever loaded, 20 what stands now, 30 what follows from it, 40 what was known on a day, 50 plans.
They must give the same rows on DuckDB 1.1.3 to 2.0; DISTINCT ON is avoided, because 1.1 loses rows when its result is joined.
"""
