"""Looking for personal data in files, whatever holds them: what is looked for, how it may be written, what it hides in."""
