"""Bad input made from good input by a seeded hand: what reads it gives an answer or an error with a name, never anything else."""
