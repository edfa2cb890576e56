"""What a study can measure: a module here that has a ``MEASURE`` each, listed nowhere else."""
