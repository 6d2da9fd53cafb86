"""Questions in SQL: the commands query, sql, tables and describe."""
