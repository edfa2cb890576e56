"""The random stream of the published runs."""
