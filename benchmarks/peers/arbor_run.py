"""One run of the N-to-1 experiment with Arbor: a cable cell of one compartment.

Its solver takes the exponential current to be linear within a step. So the upstroke has to count
as a spike where it begins, at -49 mV; the rate comes out some 20 % higher.
"""

from math import pi, sqrt
from time import perf_counter

import arbor
from arbor import units as U

from common import lognormal_rates, parser, serve

parser.add_argument("--mechanisms", required=True)


class OneNeuron(arbor.recipe):
    def __init__(self, N, weight_pS, mechanisms):
        super().__init__()
        self.rates, self.n_exc, self.weight_uS = lognormal_rates(N), N * 4 // 5, weight_pS * 1e-6
        self.properties = arbor.neuron_cable_properties()
        self.properties.catalogue = arbor.default_catalogue()
        self.properties.catalogue.extend(arbor.load_catalogue(mechanisms), "")

    def num_cells(self):
        return 1

    def cell_kind(self, gid):
        return arbor.cell_kind.cable

    def global_properties(self, kind):
        return self.properties

    def cell_description(self, gid):
        # 10400 μm² at 1 μF/cm² are 104 pF.
        radius = sqrt(10400 / (4 * pi))
        tree = arbor.segment_tree()
        ends = arbor.mpoint(-radius, 0, 0, radius), arbor.mpoint(radius, 0, 0, radius)
        tree.append(arbor.mnpos, *ends, tag=1)
        here = "(location 0 0.5)"
        decor = (
            arbor.decor()
            .set_property(Vm=-65 * U.mV, cm=0.01 * U.F / U.m2)
            .paint("(all)", arbor.voltage_process("reset"))
            .place(here, arbor.synapse("adex"), "neuron")
            .place(here, arbor.synapse("expsyn", {"tau": 7, "e": 0}), "exc")
            .place(here, arbor.synapse("expsyn", {"tau": 7, "e": -80}), "inh")
            .place(here, arbor.threshold_detector(-49 * U.mV), "spikes")
        )
        return arbor.cable_cell(tree, decor, arbor.label_dict(), arbor.cv_policy_single())

    def event_generators(self, gid):
        return [
            arbor.event_generator(
                "exc" if i < self.n_exc else "inh",
                self.weight_uS if i < self.n_exc else 4 * self.weight_uS,
                arbor.poisson_schedule(freq=rate * U.Hz, seed=i),
            )
            for i, rate in enumerate(self.rates)
        ]

    def connections_on(self, gid):
        # Without any connection, spikes are not recorded.
        return [arbor.connection((0, "spikes"), "exc", 0.0, 100 * U.ms)]


def main(options):
    def run():
        start = perf_counter()
        recipe = OneNeuron(options.N, options.weight_pS, options.mechanisms)
        simulation = arbor.simulation(recipe, arbor.context(threads=1))
        simulation.record(arbor.spike_recording.all)
        set_up = perf_counter()
        simulation.run(tfinal=options.duration_s * U.s, dt=0.1 * U.ms)
        end = perf_counter()
        rate = len(simulation.spikes()) / options.duration_s
        return {"seconds": end - set_up, "set_up_seconds": set_up - start, "rate_Hz": rate}

    serve(f"Arbor {arbor.__version__}", run)


if __name__ == "__main__":
    main(parser.parse_args())
