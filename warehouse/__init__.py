"""What exists: declarations, vocabulary, seeds, the lake, the warehouse file and its published copy."""
