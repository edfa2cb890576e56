rule simulate_example:
    """One run, with its voltage."""
    input:
        science("simulate_example.py"),
        compiled=ancient(STAMP),
    output:
        "results/example_trace.parquet",
    log:
        "results/logs/simulate_example.log",
    group:
        "short"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(partial(memory_for_example, config)),
        runtime=reserve_minutes(partial(seconds_for_example, config)),
    params:
        N=config["example"]["N"],
        weight_pS=config["example"]["weight_pS"],
        seed=config["example"]["seed"],
        recording=RECORDING,
        inputs=config["inputs"],
        neuron=config["neuron"],
    script:
        "../scripts/simulate_example.py"


rule plot_example:
    input:
        "results/example_trace.parquet",
        style=STYLE,
    output:
        multiext("thesis_figs/voltage_example", ".pdf", ".svg"),
    log:
        "results/logs/plot_example.log",
    localrule: True
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        shown_s=config["example"]["shown_s"],
        simulated=[
            *SIMULATED,
            config["example"]["N"],
            config["example"]["weight_pS"],
            config["example"]["seed"],
        ],
    script:
        "../scripts/plot_example.py"
