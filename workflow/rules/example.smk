rule simulate_example:
    """One run, with its voltage."""
    input:
        science("simulation"),
        compiled=ancient(STAMP),
    output:
        "results/example_trace.parquet",
    params:
        N=config["example"]["N"],
        weight_pS=config["example"]["weight_pS"],
        seed=config["example"]["seed"],
        recording=RECORDING,
        inputs=config["inputs"],
        neuron=config["neuron"],
    log:
        "results/logs/simulate_example.log",
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    script:
        "../scripts/simulate_example.py"


rule plot_example:
    input:
        "results/example_trace.parquet",
    output:
        multiext("thesis_figs/voltage_example", ".pdf", ".svg"),
    params:
        shown_s=config["example"]["shown_s"],
    log:
        "results/logs/plot_example.log",
    conda:
        "../../envs/plot.yaml"
    script:
        "../scripts/plot_example.py"
