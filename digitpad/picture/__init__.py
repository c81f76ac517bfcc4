"""Pictures: decoded, and where their ink is."""
