"""The network: what it sees, and what it says."""
