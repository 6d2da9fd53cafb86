"""Faults of the machine, made on purpose: kills, errors of the disk and power cuts at every call a load makes to it."""
