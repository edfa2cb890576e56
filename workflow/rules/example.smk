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
        figure("voltage_example", "One run", "Voltage of one run"),
    log:
        "results/logs/plot_example.log",
    params:
        shown_s=CONFIG.example.shown_s,
    script:
        "../scripts/example/plot_example.py"


rule plot_model:
    """What one input spike does, and how often inputs fire."""
    output:
        response=figure("impulse_response", "One run", "Response to one input spike"),
        rates=figure("log-normal", "One run", "Firing rates of inputs"),
    log:
        "results/logs/plot_model.log",
    params:
        weight_pS=CONFIG.example.weight_pS,
        neuron=CONFIG.neuron.parameters,
        dt=TimeGrid.of(CONFIG.experiment).timestep,
        inputs=Inputs(**CONFIG.inputs.in_SI()),
    script:
        "../scripts/example/plot_model.py"


RESULTS += [rules.plot_example.output, rules.plot_model.output]
