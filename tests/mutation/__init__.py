"""Mutation testing of transforms, gate and ledger: does a test notice when they are changed? Run by `make mutation`."""
