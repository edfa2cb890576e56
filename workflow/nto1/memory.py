"""How much memory runs need, told before they start. Imports no compiler.

Megabytes are 10⁶ bytes. Figures are upper bounds, checked against measurements in the tests.
"""

WIDTHS = (8, 16, 32, 64)  # lanes that are integrated together, see ``lanes``

COARSENING = 16  # medians are first guessed with time steps so much longer
INSIDE = 1 / 4  # the share of all samples for which there is room around a guessed median

PROGRAM_MB = 300  # the interpreter, its libraries, and compiled kernels


def width_for(n_lanes: int) -> int:
    """The narrowest tile with room for so many lanes, or the widest."""
    return next((width for width in WIDTHS if width >= n_lanes), WIDTHS[-1])


def inputs_MB(N: int, n_steps: int, n_realisations: int) -> float:
    """To draw realisations, and to put them side by side in the columns of a tile."""
    time_grid = 8 * n_steps
    drawing = 2 * 8 * N
    columns = width_for(n_realisations) if n_realisations > 1 else 0
    kept = 2 * 2 * n_steps * (n_realisations + columns)
    return (time_grid + drawing + kept) / 1e6


def medians_MB(n_steps: int, width: int) -> float:
    """To find the medians of one tile."""
    per_lane = 8 * n_steps * (INSIDE + 1 / COARSENING)
    missed_lane = 8 * n_steps
    return (width * per_lane + missed_lane) / 1e6


def sweep_MB(N: int, n_steps: int, n_realisations: int, width: int, threads: int = 1) -> float:
    """A job that has so many realisations in memory at a time, and tiles of at most this width."""
    tiles = threads * medians_MB(n_steps, width)
    return PROGRAM_MB + inputs_MB(N, n_steps, n_realisations) + tiles


def search_MB(N: int, n_steps: int, n_realisations: int, threads: int = 1) -> float:
    """A job that searches as many weights at a time as it has threads.

    All realisations stay in memory, but there are no medians.
    """
    return PROGRAM_MB + threads * inputs_MB(N, n_steps, n_realisations)


def trace_MB(N: int, n_steps: int) -> float:
    """A job that simulates one run and writes its voltage."""
    recorded = 2 * 8 * n_steps
    written = 6 * 8 * n_steps
    medians = medians_MB(n_steps, WIDTHS[0])
    return PROGRAM_MB + inputs_MB(N, n_steps, 1) + medians + (recorded + written) / 1e6


def fit_sweep(
    N: int, n_steps: int, n_realisations: int, n_weights: int, threads: int, available_MB: float
) -> tuple[int, int]:
    """How many realisations to have at a time, and how wide tiles may be, to stay within memory.

    (1, narrowest) if nothing fits: then ``sweep_MB`` of that says how much is needed.
    """
    widest = width_for(max(n_realisations, n_weights))
    for width in reversed([w for w in WIDTHS if w <= widest]):
        at_once = n_realisations
        while at_once > 1 and sweep_MB(N, n_steps, at_once, width, threads) > available_MB:
            at_once = at_once // 2
        if sweep_MB(N, n_steps, at_once, width, threads) <= available_MB:
            return at_once, width
    return 1, WIDTHS[0]


def connection_test_MB(
    n_steps: int, n_trains: int, n_spikes: float, n_shuffles: int, window: int, threads: int = 1
) -> float:
    """A job that simulates the voltage-imaging experiment and tests its trains, each of about
    ``n_spikes``."""
    results = 8 * (2 * n_spikes + 12 * window + 6 * n_shuffles) * n_trains
    voltage = (8 + 8 + 4 + 2 * 2) * n_steps  # simulated, imaged, digitised; spike counts
    intervals_and_steps = (8 + 4) * (n_shuffles + 1) * n_spikes
    averages = 8 * 3 * (n_shuffles + 1) * window
    at_a_time = (threads + 2) * (intervals_and_steps + averages)
    return PROGRAM_MB + (results + voltage + at_a_time) / 1e6


def network_MB(n_neurons: int, n_connections: int, duration: float, n_recorded_samples: int):
    """A job that simulates a network; neurons may fire at 50 Hz."""
    spikes = 3 * 12 * 50 * duration * n_neurons
    connections = 5 * 24 * n_connections
    recorded = 3 * 8 * n_recorded_samples
    return PROGRAM_MB + (spikes + connections + recorded) / 1e6
