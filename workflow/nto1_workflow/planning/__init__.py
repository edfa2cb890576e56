"""How work is cut into jobs."""
