"""Studies: cases of the configuration, what is measured in each, and how well it is known."""

import json

# Around a weight that was found, rates are measured at these multiples of it, too: there, the rate
# averaged over other choices of the seeds passes the target.
AROUND = (0.7, 0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.2, 1.35)

# Connection tests that share a recording: each keeps a noisy voltage of its own in memory.
MAX_TESTS_AT_ONCE = 4


def recording_of(test: dict) -> str:
    """The same for connection tests that differ in noise or p-value alone: they share voltage and
    shuffles."""
    shared = {key: test[key] for key in test if key not in ("imaging_spike_SNR", "p_value")}
    return json.dumps(shared)
