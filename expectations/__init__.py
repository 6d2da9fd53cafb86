"""What must be true: the gate, its rules and the verdicts on them."""
