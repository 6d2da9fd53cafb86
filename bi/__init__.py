"""What business intelligence tools are given: descriptions made from the declarations, and the ways to start them."""
