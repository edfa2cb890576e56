# Recordings of one's own, from the section `recordings`: each is a target, and made beside the thesis.
from nto1_workflow.planning.recordings import inputs_of, job_of

for name, recording in CONFIG.recordings.items():

    rule:
        name:
            f"recording_{name}"
        input:
            **inputs_of(recording),
        output:
            table=multiext(f"results/recordings/{name}", ".csv", ".parquet"),
            figure=figure(f"results/recordings/{name}", "Recordings", name, "recording"),
            page=report_item(
                f"results/recordings/{name}.html",
                "Recordings",
                f"Verdict and table: {name}",
                "recording",
            ),
        log:
            f"results/logs/recording/{name}.log",
        group:
            "recording"
        threads: 2
        resources:
            mem_mb=lambda wildcards, attempt, name=name: job_of(name, CONFIG).mem_mb(
                attempt
            ),
        params:
            name=name,
            recording=typed(recording),
        script:
            "../scripts/recordings/detect_inputs.py"

    RESULTS.append(getattr(rules, f"recording_{name}").output)


rule recordings:
    input:
        [getattr(rules, f"recording_{name}").output for name in CONFIG.recordings],
