# Do p-values mean what they say? A target of its own: snakemake calibration
CALIBRATION = CONFIG.calibration


rule test_situation:
    """Every method on recordings of a passive membrane in one situation."""
    output:
        "results/calibration/parts/{situation}.parquet",
    log:
        "results/logs/test_situation/{situation}.log",
    group:
        "calibration"
    params:
        seeds=CALIBRATION.seeds,
        duration_s=CALIBRATION.duration_s,
        sampling_ms=CALIBRATION.sampling_ms,
        tests=TESTS,
    script:
        "../scripts/calibration/test_situation.py"


rule summarise_calibration:
    input:
        expand(rules.test_situation.output[0], situation=CALIBRATION.situations),
    output:
        recordings=table(
            "results/calibration/recordings",
            "Calibration",
            "Table: false alarms in every recording",
            "calibration",
        ),
        means=table(
            "results/calibration/calibration", "Calibration", "Table: false alarms"
        ),
        figure=figure("results/calibration/calibration", "Calibration", "False alarms"),
    log:
        "results/logs/summarise_calibration.log",
    script:
        "../scripts/calibration/summarise_calibration.py"


rule calibration:
    input:
        rules.summarise_calibration.output,
