"""Publishing: the copy in its folder, and the same rows in PostgreSQL."""
