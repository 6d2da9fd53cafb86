"""Bad input drawn by strategies, by a seeded hand and by coverage: what reads it gives an answer or an error with a name."""
