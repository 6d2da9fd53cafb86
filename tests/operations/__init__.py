"""The night shift: what runs on Prefect, and what is written for others to watch."""
