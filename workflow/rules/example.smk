rule simulate_example:
    """One run, with its voltage."""
    output:
        "results/example_trace.parquet",
    log:
        "results/logs/simulate_example.log",
    group:
        "short"
    params:
        example=omit(config["example"], "shown_s"),
        time=omit(config["experiment"], "seeds", "memory_per_job_MB"),
        inputs=config["inputs"],
        neuron=config["neuron"],
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
        shown_s=config["example"]["shown_s"],
    script:
        "../scripts/example/plot_example.py"


RESULTS += [rules.plot_example.output]
