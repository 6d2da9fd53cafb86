"""Receiving: extracts come from folders, servers and databases into the landing area, known by the SHA-256 of their content."""
