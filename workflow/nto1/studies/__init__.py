"""Studies: cases of the configuration, what is measured in each, and how well it is known."""

# Around a weight that was found, rates are measured at these multiples of it, too: there, the rate
# averaged over other choices of the seeds passes the target.
AROUND = (0.7, 0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.2, 1.35)
