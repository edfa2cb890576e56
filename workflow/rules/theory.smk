# A check against theory, a target of its own: snakemake free_membrane
from nto1.measures.response import Runs


rule simulate_free_membrane:
    """The sweep's runs with a neuron that does not spike, beside what theory says of each."""
    output:
        table("results/theory/free_membrane", "Theory", "Table: free membrane"),
    log:
        "results/logs/simulate_free_membrane.log",
    group:
        "short"
    params:
        runs=Runs.of(
            CONFIG, {}, CONFIG.sweep.N, weights_pS=tuple(CONFIG.sweep.weights_pS)
        ),
    script:
        "../scripts/theory/simulate_free_membrane.py"


rule plot_free_membrane:
    input:
        runs="results/theory/free_membrane.parquet",
    output:
        figure("results/theory/free_membrane", "Theory", "Free membrane"),
    log:
        "results/logs/plot_free_membrane.log",
    script:
        "../scripts/theory/plot_free_membrane.py"


rule free_membrane:
    input:
        rules.simulate_free_membrane.output,
        rules.plot_free_membrane.output,
