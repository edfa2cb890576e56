"""Units and the comparison with printed numbers."""

import pytest

from nto1.published import (
    DEVIATES,
    REPLAYED,
    SKIPPED,
    agreement,
    compare,
    differing,
    half_last_digit,
    headline,
)
from nto1.units import to_SI
from published import verify_published


def test_to_SI():
    converted = to_SI({"C_pF": 104, "tau_w_ms": 88, "Delta_T_mV": 0.8, "g_L_nS": 4.3, "ratio": 4})
    assert converted == pytest.approx(
        {"C": 104e-12, "τ_w": 88e-3, "Δ_T": 0.8e-3, "g_L": 4.3e-9, "ratio": 4}
    )
    assert to_SI({"log_rate_variance": 0.6, "exc_to_inh": 4, "drop_last_spike": True}) == {
        "log_rate_variance": 0.6,
        "exc_to_inh": 4,
        "drop_last_spike": True,
    }


@pytest.mark.parametrize(
    ("printed", "source", "half"),
    [("1.234", "", 0.0005), ("6", "", 0.5), ("15.", "w0s", 5e-9), ("9.75", "w0s", 5e-9)],
)
def test_half_last_digit(printed, source, half):
    assert half_last_digit(printed, source) == pytest.approx(half)


@pytest.mark.parametrize(
    ("quantity", "printed", "computed", "verdict"),
    [
        ("median_Vm", "-53.941", -53.9414999, REPLAYED),
        ("median_Vm", "-53.941", -53.9416, DEVIATES),
        ("median_Vm", "-53.941", float("nan"), DEVIATES),
        ("rate", "4.", 3.999999999999999, REPLAYED),
        ("rate", "4.", 4.01, DEVIATES),
        ("iterations", "6", 6, REPLAYED),
        ("iterations", "6", 7, DEVIATES),
        ("weight", "2.83884334", 2.8388433391955425, REPLAYED),
        ("weight", "2.83884334", 2.83884335, DEVIATES),
    ],
)
def test_every_printed_digit_counts(quantity, printed, computed, verdict):
    assert compare(quantity, printed, computed)[1] == verdict


def test_differing_names_the_key():
    config = {"a": {"x": 1, "y": 2}, "b": {"z": [1, 2]}}
    assert list(differing({"a": {"x": 1}}, config)) == []
    assert list(differing({"a": {"y": 3}, "b": {"z": [1]}}, config)) == [
        "a.y is 2, not 3",
        "b.z is [1, 2], not [1]",
    ]


def test_headline():
    printed, skipped = {"kind": "printed", "verdict": REPLAYED}, {"verdict": SKIPPED}
    again = {"kind": "published code, run again", "verdict": REPLAYED}
    spikes = {"quantity": "spike times", "published": "9", "kind": "published data"}
    assert headline([printed] * 10) == "10 printed numbers reproduced."
    assert headline([{"verdict": REPLAYED}] * 9 + [{"verdict": DEVIATES}]) == (
        "1 of 10 published numbers deviate."
    )
    assert headline([printed] * 8 + [again] * 3) == (
        "8 printed numbers reproduced, and 3 of the published code run again."
    )
    assert headline([printed, spikes | {"verdict": REPLAYED}, skipped, skipped]) == (
        "1 printed numbers reproduced; of published data, 9 spike times; 2 not comparable."
    )


def test_a_deviation_stops_the_run(tmp_path):
    comparison, verdict = tmp_path / "comparison.csv", tmp_path / "verdict.txt"
    header = "quantity,N,published,computed,kind,verdict\n"
    right = f"rate,10,3.99,3.99,printed,{REPLAYED}\n"
    comparison.write_text(header + right * 2)
    verify_published.main([comparison], [verdict])
    assert verdict.read_text() == "2 printed numbers reproduced.\n"
    verdict.unlink()
    comparison.write_text(header + right + f"rate,20,4.,4.01,printed,{DEVIATES}\n")
    with pytest.raises(verify_published.Deviation, match=r"1 of 2 .* rate \(N 20\): published 4"):
        verify_published.main([comparison], [verdict])
    assert not verdict.exists()


def test_agreement():
    """Less for every value that is missing, and for every one too many."""
    assert agreement([(0, 1), (2, 3)], [(2, 3), (0, 1)]) == 2
    assert agreement([(0, 1)], [(2, 3), (0, 1)]) == 1
    assert agreement([(0, 1), (2, 3), (4, 5)], [(2, 3), (0, 1)]) == 1
