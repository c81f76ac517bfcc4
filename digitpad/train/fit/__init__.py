"""Networks, and the weights of paths, learned from samples."""
