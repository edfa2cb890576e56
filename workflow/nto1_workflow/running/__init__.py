"""A run: its lock, its files, and what it shows."""
