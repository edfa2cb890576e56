"""What a job says in its log while it works."""

import re
from concurrent.futures import ThreadPoolExecutor

from job import progress


def test_a_sweep_counts_its_runs(thesis):
    log = (thesis / "results/logs/simulate/N6500_we0pS.log").read_text()
    assert "180 of 180 runs done\n" in log
    assert re.search(r"^\d+\.\d\d s of CPU time$", log, re.MULTILINE)


def test_a_search_counts_its_evaluations_and_a_job_its_searches(thesis):
    log = (thesis / "results/logs/find_weight/N10.log").read_text()
    assert "N = 10: 24.48 Hz at 9750 pS (evaluation 1)\n" in log
    n_evaluations = len(re.findall("^N = 10: ", log, re.MULTILINE))
    n_searches = len(re.findall(r"\(evaluation 1\)$", log, re.MULTILINE))
    assert f"(evaluation {n_evaluations})\n1 of {n_searches} searches done\n" in log
    assert f"{n_searches} of {n_searches} searches done\n" in log


def test_a_line_every_few_seconds_and_one_at_the_end(capsys):
    report = progress(1000, "runs", every_s=60)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(report, [2] * 500))
    assert capsys.readouterr().err == "1000 of 1000 runs done\n"

    report = progress(3, "runs", every_s=0)
    report(1)
    report(2)
    assert capsys.readouterr().err == "1 of 3 runs done\n3 of 3 runs done\n"
