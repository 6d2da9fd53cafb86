"""What lies in landing when no load runs: files as they came, encrypted, or for some days only."""
