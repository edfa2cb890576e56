from nto1_workflow.planning.connection_tests import (
    of_base_recording,
    other_tests,
    varied,
    variants,
)

VARIANTS, OTHER_TESTS = variants(CONFIG), other_tests(CONFIG)
OF_BASE = of_base_recording(CONFIG)
EXCERPT = CONFIG.connection_test.excerpt
BASE = "results/connection_test/base/"


rule simulate_excerpt:
    """A piece of the base case's voltage, with spikes discretised in two ways."""
    output:
        "results/connection_test/excerpt.parquet",
    log:
        "results/logs/simulate_excerpt.log",
    group:
        "short"
    params:
        experiment=OF_BASE[0].recording.experiment,
        seed=OF_BASE[0].recording.seed,
        start_ms=EXCERPT.start_ms,
        duration_ms=EXCERPT.duration_ms,
    script:
        "../scripts/connection_test/simulate_excerpt.py"


rule infer_connections:
    """Tests of the base case, and of variants that share its voltage and shuffles."""
    output:
        trains=f"{BASE}trains.parquet",
        stas=f"{BASE}stas.parquet",
        shuffled_heights=f"{BASE}shuffled_heights.parquet",
        output_spikes=f"{BASE}output_spikes.parquet",
        summary=f"{BASE}run.parquet",
        p_values="results/connection_test/p_values/base.parquet",
    log:
        "results/logs/infer_connections.log",
    priority: 1  # what follows takes longest
    group:
        "short"
    params:
        tests=OF_BASE,
    script:
        "../scripts/connection_test/infer_connections.py"


rule test_variants:
    """Tests of other recordings, and of short ones with other seeds: p-values alone."""
    output:
        "results/connection_test/p_values/{batch}.parquet",
    log:
        "results/logs/test_variants/{batch}.log",
    priority: 1
    group:
        "short"
    params:
        tests=lookup("{batch}", within=OTHER_TESTS),
    script:
        "../scripts/connection_test/test_variants.py"


rule summarise_connection_tests:
    input:
        trains=f"{BASE}trains.parquet",
        p_values=expand(
            "results/connection_test/p_values/{batch}.parquet",
            batch=["base", *OTHER_TESTS],
        ),
    output:
        base=table(
            "results/connection_test/trains",
            "Connections",
            "Table: test of every train",
        ),
        performance=table(
            "results/connection_test/performance",
            "Connections",
            "Table: tested variants",
        ),
        curves=table("results/connection_test/roc", "Connections", "Table: ROC curves"),
        areas=table(
            "results/connection_test/areas",
            "Connections",
            "Table: areas under the ROC curves",
            "connection_test_areas",
        ),
    log:
        "results/logs/summarise_connection_tests.log",
    params:
        varied=varied(VARIANTS),
        seeds={name: test.seed for name, test in VARIANTS.items()},
        significance=CONFIG.connection_test.significance,
    script:
        "../scripts/connection_test/summarise_connection_tests.py"


rule plot_excerpt:
    input:
        samples="results/connection_test/excerpt.parquet",
    output:
        whole=figure("voltage_reset", "Connections", "Voltage around a spike"),
        zoom=figure("voltage_reset_zoom", "Connections", "Samples around a spike"),
        both=figure(
            "voltage_reset_early_and_late",
            "Connections",
            "Two ways to discretise the reset",
        ),
    log:
        "results/logs/plot_excerpt.log",
    params:
        start_ms=EXCERPT.zoom_start_ms,
        duration_ms=EXCERPT.zoom_duration_ms,
    script:
        "../scripts/connection_test/plot_excerpt.py"


rule plot_connection_tests:
    input:
        trains="results/connection_test/trains.parquet",
        stas="results/connection_test/base/stas.parquet",
        shuffled_heights="results/connection_test/base/shuffled_heights.parquet",
        areas="results/connection_test/areas.parquet",
        curves="results/connection_test/roc.parquet",
    output:
        averages=figure(
            "spike_triggered_averages", "Connections", "Spike-triggered averages"
        ),
        heights=figure(
            "heights_of_averages", "Connections", "Heights of spike-triggered averages"
        ),
        roc=figure("connection_test_roc", "Connections", "ROC curves"),
        variants=figure(
            "connection_test_variants", "Connections", "Areas under the ROC curves"
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
