"""Around a run: what it would do, many months in order, and whether this machine is fit for it."""
