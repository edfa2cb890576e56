"""What the workflow needs around its science: jobs, files, figures, and the record of a run."""
