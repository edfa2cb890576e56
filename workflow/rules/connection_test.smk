from nto1_workflow.planning.connection_tests import recording_groups, repeats, variants

VARIANTS, REPEATS = variants(config), repeats(config)
OF_VARIANT = "results/connection_test/{variant}/"


rule simulate_excerpt:
    """A piece of the base case's voltage, with spikes discretised in two ways."""
    input:
        KERNELS,
    output:
        "results/connection_test/excerpt.parquet",
    log:
        "results/logs/simulate_excerpt.log",
    group:
        "short"
    params:
        test=omit(
            VARIANTS["base"], "imaging_spike_SNR", "window_ms", "n_shuffles", "p_value"
        ),
        neuron=config["izhikevich"],
        excerpt=config["connection_test"]["excerpt"],
    script:
        "../scripts/connection_test/simulate_excerpt.py"


# Variants that differ in noise alone share voltage and shuffles, and so a job.
for tests in recording_groups(VARIANTS):

    rule:
        name:
            f"infer_connections_{list(VARIANTS).index(next(iter(tests)))}"
        input:
            KERNELS,
        output:
            trains=expand(f"{OF_VARIANT}trains.parquet", variant=tests),
            stas=expand(f"{OF_VARIANT}stas.parquet", variant=tests),
            shuffled_heights=expand(
                f"{OF_VARIANT}shuffled_heights.parquet", variant=tests
            ),
            output_spikes=expand(f"{OF_VARIANT}output_spikes.parquet", variant=tests),
            summary=expand(f"{OF_VARIANT}run.parquet", variant=tests),
        log:
            f"results/logs/infer_connections/{next(iter(tests))}.log",
        priority: 1  # what follows takes longest
        group:
            "short"
        params:
            tests=list(tests.values()),
            neuron=config["izhikevich"],
        script:
            "../scripts/connection_test/infer_connections.py"


rule repeat_connection_tests:
    """Tests of short recordings with other seeds: areas alone."""
    input:
        KERNELS,
        weights=[],
        sweep=[],
    output:
        "results/connection_test/repeats/{batch}.parquet",
    log:
        "results/logs/repeat_connection_tests/{batch}.log",
    priority: 1
    group:
        "short"
    params:
        measure="connection_test",
        tasks=lookup("{batch}", within=REPEATS),
    script:
        "../scripts/studies/run_tasks.py"


rule summarise_connection_tests:
    input:
        repeats=expand("results/connection_test/repeats/{batch}.parquet", batch=REPEATS),
        trains=expand(f"{OF_VARIANT}trains.parquet", variant=VARIANTS),
        runs=expand(f"{OF_VARIANT}run.parquet", variant=VARIANTS),
    output:
        base=table("results/connection_test/trains", "Connections", "Table: trains"),
        performance=table(
            "results/connection_test/performance", "Connections", "Table: variants"
        ),
        curves=table("results/connection_test/roc", "Connections", "Table: ROC curves"),
        areas=table(
            "results/connection_test/areas",
            "Connections",
            "Table: areas for every seed",
            "connection_test_areas",
        ),
    log:
        "results/logs/summarise_connection_tests.log",
    params:
        tests=VARIANTS,
        significance=config["connection_test"]["significance"],
    script:
        "../scripts/connection_test/summarise_connection_tests.py"


rule plot_excerpt:
    input:
        samples="results/connection_test/excerpt.parquet",
        style=STYLE,
    output:
        whole=figure(
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
    params:
        excerpt=config["connection_test"]["excerpt"],
    script:
        "../scripts/connection_test/plot_excerpt.py"


rule plot_connection_tests:
    input:
        trains="results/connection_test/trains.parquet",
        stas="results/connection_test/base/stas.parquet",
        shuffled_heights="results/connection_test/base/shuffled_heights.parquet",
        areas="results/connection_test/areas.parquet",
        curves="results/connection_test/roc.parquet",
        style=STYLE,
    output:
        averages=figure(
            "thesis_figs/spike_triggered_averages",
            "Connections",
            "Spike-triggered averages",
        ),
        heights=figure(
            "thesis_figs/heights_of_averages", "Connections", "Their heights"
        ),
        roc=figure("thesis_figs/connection_test_roc", "Connections", "ROC curves"),
        variants=figure(
            "thesis_figs/connection_test_variants", "Connections", "Areas under them"
        ),
    log:
        "results/logs/plot_connection_tests.log",
    script:
        "../scripts/connection_test/plot_connection_tests.py"


RESULTS += [
    rules.summarise_connection_tests.output,
    rules.plot_excerpt.output,
    rules.plot_connection_tests.output,
]
