"""What the sender of a delivery is told of it."""
