"""What a file is, before anybody loads it."""
