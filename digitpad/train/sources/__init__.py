"""Where drawings and scans come from."""
