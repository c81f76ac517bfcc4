"""Numbers: what may be a digit, and the likeliest way to read all of it."""
