"""Measurements, each a command that prints them beside a reference."""
