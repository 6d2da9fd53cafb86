"""What must be true: the gate, its rules and the verdicts on them."""

from expectations.when_used import HEAVY, when_used

when_used(*HEAVY)
