"""Rejected rows: their states, the way to their senders, and the way back."""
