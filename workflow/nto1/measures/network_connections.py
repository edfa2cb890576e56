"""How well the connections of a network are found in its neurons' voltages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from nto1.inference.kinds import INHIBITORY, UNCONNECTED
from nto1.inference.method import methods
from nto1.inference.network_pairs import NetworkParameters, NetworkRecording, PostsynapticNeuron
from nto1.measures.connections import (
    CALLS,
    LEVEL,
    SCORES,
    Item,
    calls,
    item_of,
    memory_MB_of,
    outcomes_of,
    scores_of,
    seconds_of,
)
from nto1.measures.measure import Columns, Measure, Report, Work, name_of
from nto1.neurons import Neuron
from nto1.units import nS

if TYPE_CHECKING:
    import pandas as pd

    from nto1.config.model import Config, Network
    from nto1.config.studies import Case
    from nto1.simulation.network import Activity
    from nto1.simulation.network import Network as SimulatedNetwork

TWO_STEPS = "two_steps_p_below_5_percent"
NETWORKS = ("adex_network", "izhikevich_network", "network")


class NetworkDetection(NamedTuple):
    """Voltages of some neurons, simulated once, and all that is tested in each."""

    recording: NetworkRecording
    items: tuple[Item, ...]

    @property
    def seconds(self) -> float:
        """On one core."""
        recording = self.recording
        of_each = seconds_of(self.items, recording.time_grid, recording.n_tested_spikes)
        return recording.seconds + len(recording.neurons) * of_each

    def memory_MB(self, threads: int) -> float:
        """At most, on some threads."""
        recording = self.recording
        return memory_MB_of(
            *(self.items, recording.time_grid, recording.n_tested_spikes),
            *(1 + len(recording.neurons), threads),
        )


class NetworkConnections(Measure):
    name = "network_connections"
    description = "how well a network's connections are found, as in network_recording"
    sections = ("network_recording", *NETWORKS, "neuron", "izhikevich", "connection_inference")
    lists: ClassVar[Mapping[str, str]] = {}
    not_varied = frozenset(
        {
            *(f"{network}.duration_s" for network in NETWORKS),
            *("network.shown_s", "network.recorded_neurons"),
            *("adex_network.raster_shown_s", "adex_network.voltage_shown_s"),
            *("adex_network.recorded_neurons", "izhikevich_network.raster_shown_s"),
            "izhikevich_network.n_unconnected",
            *("connection_inference.weights", "connection_inference.duration_s"),
            *("connection_inference.n_tested", "connection_inference.timestep_ms"),
            "connection_inference.unconnected_seed_offset",
        }
    )
    measured = (*SCORES, *CALLS[:1], TWO_STEPS, "precision", "recall", "weight_correlation")
    limits = dict.fromkeys(measured[:-1], (0.0, 1.0)) | {"weight_correlation": (-1.0, 1.0)}
    also = ("n_tested", "n_connected", *CALLS[1:])
    shown = ("AUC", "F1max", TWO_STEPS)
    runs = ("voltage", "voltages")
    tables = ("network",)
    details = "pairs"

    def work(self, cases: Mapping[str, "Case"]) -> Iterator[Work]:
        """A network is simulated once for all cases that test it, and for as many neurons as fit
        into memory."""
        by_name: dict[str, tuple[NetworkRecording, list[Item]]] = {}
        for case in cases.values():
            recording = recording_of(case.config)
            _, items = by_name.setdefault(name_of(recording), (recording, []))
            item = item_of(case, case.config.network_recording)
            items += [item] if item not in items else []
        for recording, items in by_name.values():
            for block in recording.blocks():
                task = NetworkDetection(block, tuple(items))
                yield Work(name_of(block), "", (), task, len(block.neurons), task.seconds)

    def run(
        self,
        tasks: Iterable[NetworkDetection],
        tables: Mapping[str, Any],
        threads: int,
        report: Report,
    ) -> Iterator[Columns]:
        for task in tasks:
            for target in task.recording.record():
                yield from pairs_of(target, task.items, threads)
            report(1)

    def memory_MB(self, tasks: Sequence[NetworkDetection], threads: int) -> float:
        return max(task.memory_MB(threads) for task in tasks)

    def rows(self, made: "pd.DataFrame") -> "pd.DataFrame":
        import pandas as pd

        columns = list(made.columns)
        by = columns[: columns.index("from")]
        return pd.DataFrame(
            [
                dict(zip(by, values, strict=True)) | scores_of_pairs(pairs)
                for values, pairs in made.groupby(by, sort=False, dropna=False)
            ]
        )


class OwnNetwork(NamedTuple):
    """That of the section ``network``."""

    section: "Network"
    types: Mapping[str, Neuron]

    @property
    def N(self) -> int:
        from nto1.config.network import types_in

        return len(types_in(self.section, list(self.types)))

    @property
    def presynaptic(self) -> np.ndarray:
        """Neurons that may be connected to others [N]."""
        return np.arange(self.N)

    def simulate(
        self, duration: float, timestep: float, seed: int, record: Mapping[str, Sequence[int]]
    ) -> tuple["SimulatedNetwork", "Activity"]:
        """With the section's own time step and seeds."""
        from nto1.config.network import NetworkRun

        section = self.section.model_copy(update={"duration_s": duration})
        run = NetworkRun.of(section, self.types)
        return run.network, run.simulate(record)


def recording_of(config: "Config") -> NetworkRecording:
    """All voltages that a configuration asks for."""
    from nto1.config.model import AdExNetwork, IzhikevichNetwork, Network, adex_under, types_of
    from nto1.neurons.adex import AdEx
    from nto1.neurons.izhikevich import Izhikevich
    from nto1.simulation.adex_network import RandomNetwork
    from nto1.simulation.izhikevich_network import LognormalNetwork

    chosen = config.network_recording
    section: AdExNetwork | IzhikevichNetwork | Network = getattr(config, chosen.network)
    network: NetworkParameters
    if isinstance(section, AdExNetwork):
        network = RandomNetwork.of(section, AdEx(*adex_under(config.neuron).parameters))
    elif isinstance(section, Network):
        network = OwnNetwork(section, types_of(config))
    else:
        network = LognormalNetwork.of(section, Izhikevich(**config.izhikevich.in_SI()))
    return NetworkRecording(
        *(network, section.seed, float(chosen.duration_s), section.timestep_ms),
        tuple(range(network.N) if chosen.neurons == "all" else chosen.neurons),
        float(chosen.observed_share),
    )


def pairs_of(
    target: PostsynapticNeuron, items: Sequence[Item], threads: int = 1
) -> Iterator[Columns]:
    """Every pair of a neuron with one that may be connected to it: the signal's and the test's own
    columns and those of the item, what the pair is, t, what else the method says, and p.

    Imaging noise is another in every neuron. Raises ``ValueError``: what the tests raise.
    """
    items = [
        item._replace(signal=signal._replace(noise_seed=signal.noise_seed + target.target))
        for item in items
        for signal in [item.signal]
    ]
    tested = outcomes_of(target, target.times, target.presynaptic, items, threads)
    for (columns, signal, test), outcome in tested:
        own = {
            "spike_SNR": signal.spike_SNR,
            "duration_s": target.time_grid.duration,
            "window_ms": test.window_ms,
            "method": test.method,
        }
        n = target.presynaptic.size
        yield {name: np.full(n, value) for name, value in (own | dict(columns)).items()} | {
            "from": target.presynaptic,
            "to": np.full(n, target.target),
            "kind": target.kinds,
            "hops": target.hops,
            "weight_nS": target.weights / nS,
            "n_spikes": np.array([times.size for times in target.times]),
            "t": outcome.t,
            **outcome.columns,
            "p": methods()[test.method].p_values(outcome),
        }


def scores_of_pairs(pairs: "pd.DataFrame") -> dict[str, float]:
    """Of a network's pairs that have a t. False discoveries are limited among all of them."""
    from nto1.regression.calibration import false_discovery_rates

    known = pairs[pairs["t"].notna()]
    known = known.assign(q=false_discovery_rates(known["p"].to_numpy()))
    is_connected = known["kind"] != UNCONNECTED
    n_connected, called = int(is_connected.sum()), calls(known)
    n_right = called["n_called"] - called["n_called_wrongly"]
    is_two_steps = ~is_connected & (known["hops"] == 2)
    found = known["size_mV"].fillna(known["t"]) if "size_mV" in known else known["t"]
    signed = known["weight_nS"] * np.where(known["kind"] == INHIBITORY, -1, 1)
    return {
        **scores_of(known["t"], known["kind"]),
        **called,
        TWO_STEPS: (known["p"] < LEVEL)[is_two_steps].mean(),
        "precision": n_right / called["n_called"] if called["n_called"] else np.nan,
        "recall": n_right / n_connected if n_connected else np.nan,
        "weight_correlation": found[is_connected].corr(signed[is_connected], method="spearman"),
        "n_tested": len(known),
        "n_connected": n_connected,
    }


MEASURE = NetworkConnections()
