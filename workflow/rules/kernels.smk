rule compile_kernels:
    """Once for all jobs."""
    output:
        CACHE / "compiled.txt",
    log:
        "results/logs/compile_kernels.log",
    group:
        "kernels"
    script:
        "../scripts/kernels/compile_kernels.py"
