"""What a breach of files or runs would have shown: for the notification that Law 27/2022, article 46, asks for within 3x24 hours."""
