"""What the network learns from, made of them."""
