"""What is kept: verified, made again, rebuilt, backed up and restored."""
