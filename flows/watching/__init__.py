"""Watching: what is missing, late or strange, said once when it begins, once a day while it lasts, once when it is over."""
