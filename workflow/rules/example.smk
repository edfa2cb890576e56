from nto1.simulation.inputs import Inputs, TimeGrid


rule simulate_example:
    """One run, with its voltage."""
    output:
        "results/example_trace.parquet",
    log:
        "results/logs/simulate_example.log",
    group:
        "short"
    params:
        N=CONFIG.example.N,
        weight_pS=CONFIG.example.weight_pS,
        seed=CONFIG.example.seed,
        time_grid=TimeGrid.of(CONFIG.experiment),
        inputs=Inputs(**CONFIG.inputs.in_SI()),
        neuron=CONFIG.neuron.parameters,
    script:
        "../scripts/example/simulate_example.py"


rule plot_example:
    input:
        trace="results/example_trace.parquet",
    output:
        figure("thesis_figs/voltage_example", "One run", "Voltage"),
    log:
        "results/logs/plot_example.log",
    params:
        shown_s=CONFIG.example.shown_s,
    script:
        "../scripts/example/plot_example.py"


RESULTS += [rules.plot_example.output]
