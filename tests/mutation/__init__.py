"""Mutation testing of the transforms: does a test notice when a transform is changed? Run by `make mutation`."""
