"""Studies: cases of the configuration, what is measured in each, and how well it is known."""
