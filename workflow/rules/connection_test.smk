TESTS = connection_tests(config)


rule simulate_excerpt:
    """A piece of the base case's voltage, with spikes discretised in two ways."""
    input:
        science("simulate_excerpt.py"),
        compiled=ancient(stamp("imaging")),
    output:
        "results/connection_test/excerpt.parquet",
    log:
        "results/logs/simulate_excerpt.log",
    group:
        "short"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(partial(memory_to_test, config)),
        runtime=reserve_minutes(partial(seconds_to_test, config)),
    params:
        test=recording_of(TESTS["base"]),
        neuron=config["izhikevich"],
        excerpt=config["connection_test"]["excerpt"],
    script:
        "../scripts/simulate_excerpt.py"


rule test_connections:
    """Simulate one variant, and test its trains."""
    input:
        science("test_connections.py"),
        compiled=ancient(stamp("imaging")),
    output:
        trains="results/connection_test/{variant}/trains.parquet",
        stas="results/connection_test/{variant}/stas.parquet",
        shuffled_heights="results/connection_test/{variant}/shuffled_heights.parquet",
        output_spikes="results/connection_test/{variant}/output_spikes.parquet",
        run="results/connection_test/{variant}/run.parquet",
    log:
        "results/logs/test_connections/{variant}.log",
    group:
        "short"
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(partial(memory_to_test, config)),
        runtime=reserve_minutes(partial(seconds_to_test, config)),
    params:
        test=lookup("{variant}", within=TESTS),
        neuron=config["izhikevich"],
    script:
        "../scripts/test_connections.py"


rule summarise_connection_tests:
    input:
        science("summarise_connection_tests.py"),
        trains=expand(rules.test_connections.output.trains, variant=TESTS),
        runs=expand(rules.test_connections.output.run, variant=TESTS),
    output:
        trains=table("results/connection_test/trains", "Connections", "Table: trains"),
        performance=table(
            "results/connection_test/performance", "Connections", "Table: variants"
        ),
        roc=table("results/connection_test/roc", "Connections", "Table: ROC curves"),
    log:
        "results/logs/summarise_connection_tests.log",
    localrule: True
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        tests=TESTS,
        significance=config["connection_test"]["significance"],
    script:
        "../scripts/summarise_connection_tests.py"


rule plot_excerpt:
    input:
        "results/connection_test/excerpt.parquet",
        style=STYLE,
    output:
        excerpt=figure(
            "thesis_figs/voltage_reset", "Connections", "Voltage around a spike"
        ),
        zoom=figure("thesis_figs/voltage_reset_zoom", "Connections", "Its samples"),
        both=figure(
            "thesis_figs/voltage_reset_early_and_late",
            "Connections",
            "Two ways to discretise the reset",
        ),
    log:
        "results/logs/plot_excerpt.log",
    localrule: True
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        excerpt=config["connection_test"]["excerpt"],
    script:
        "../scripts/plot_excerpt.py"


rule plot_connection_tests:
    input:
        science("plot_connection_tests.py"),
        trains="results/connection_test/trains.parquet",
        stas="results/connection_test/base/stas.parquet",
        shuffled_heights="results/connection_test/base/shuffled_heights.parquet",
        performance="results/connection_test/performance.parquet",
        roc="results/connection_test/roc.parquet",
        style=STYLE,
    output:
        stas=figure(
            "thesis_figs/spike_triggered_averages",
            "Connections",
            "Spike-triggered averages",
        ),
        heights=figure(
            "thesis_figs/heights_of_averages", "Connections", "Their heights"
        ),
        roc=figure("thesis_figs/connection_test_roc", "Connections", "ROC curves"),
        areas=figure(
            "thesis_figs/connection_test_variants", "Connections", "Areas under them"
        ),
    log:
        "results/logs/plot_connection_tests.log",
    localrule: True
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/plot_connection_tests.py"
