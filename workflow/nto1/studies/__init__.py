"""Studies: cases of the configuration, what is measured in each, and how well it is known."""

import json

# Connection tests that share a recording: each keeps a noisy voltage of its own in memory.
MAX_TESTS_AT_ONCE = 4


def recording_of(test: dict) -> str:
    """The same for connection tests that differ in noise or p-value alone: they share voltage and
    shuffles."""
    shared = {key: test[key] for key in test if key not in ("imaging_spike_SNR", "p_value")}
    return json.dumps(shared)
