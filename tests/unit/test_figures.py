"""What has to be seen in figures, and what is said of them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from docutils.core import publish_doctree
from docutils.nodes import system_message
from jinja2 import Environment, StrictUndefined
from matplotlib.colors import to_rgb

from connection_inference import plot_clipping
from network import plot_network
from nto1.config import resolve
from nto1.config.model import Study
from nto1.measures.measure import measures
from nto1_workflow.style import plt
from study import ROOT


def n_pixels(figure, color: str) -> int:
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3] / 255
    return int((np.abs(pixels - to_rgb(color)).max(axis=-1) < 0.02).sum())


@pytest.fixture
def drawn(monkeypatch):
    """Figures that would be saved."""
    figures = []
    for script in (plot_clipping, plot_network):
        monkeypatch.setattr(script, "save", lambda figure, *paths: figures.append(figure))
    yield figures
    plt.close("all")


def test_all_signals_are_seen(drawn):
    """Where they are the same, that which differs least is on top."""
    t = np.arange(0, 2000, 0.5)
    V = -54 + np.sin(t / 50)
    spike = np.abs(t - 1000) < 2
    signals = {"none": np.where(spike, -30, V), "ceiled": np.where(spike, 40, V)}
    signals["clipped"] = np.minimum(signals["none"], -52.9)
    table = pd.DataFrame({"t_ms": t} | {f"{name}_mV": values for name, values in signals.items()})
    names = {name: name for name in signals}
    plot_clipping.plot_signals(table, table.assign(which="fastest"), names, [])
    (figure,) = drawn
    figure.axes[1].remove()
    for i in range(3):
        assert n_pixels(figure, f"C{i}") > 20


@pytest.mark.parametrize("n", [1, 3, 4, 12])
def test_every_neuron_has_its_row(drawn, tmp_path, n):
    """Also one that is silent, and no other."""
    table, neurons = tmp_path / "t.parquet", tmp_path / "neurons.parquet"
    pd.DataFrame({"neuron": [0], "t_ms": [5.0]}).to_parquet(table)
    voltages = tmp_path / "v.parquet"
    pd.DataFrame({"t_ms": [0.0, 1.0], "V_m_0_mV": [-60.0, -61.0]}).to_parquet(voltages)
    pd.DataFrame({"type": ["exc"] * n}).to_parquet(neurons)
    plot_network.main(table, voltages, neurons, 1, [])
    assert drawn[-1].axes[0].get_ylim() == (n - 0.5, -0.5)


def test_everything_that_was_recorded_is_drawn(drawn, tmp_path):
    """A voltage each, lines of other signals, and an image for more than ten neurons; types have
    colours."""
    spikes, voltages, neurons = (tmp_path / f"{name}.parquet" for name in "svn")
    pd.DataFrame({"neuron": [0, 1, 11], "t_ms": [5.0, 2, 3]}).to_parquet(spikes)
    pd.DataFrame({"type": ["exc"] * 8 + ["inh"] * 4}).to_parquet(neurons)
    t = np.arange(0, 10, 0.1)
    two = {"V_m_0_mV": -60 + t, "V_m_7_mV": -70 - t, "u_1_pA": t, "u_3_pA": -t, "I_inj_1_pA": t}
    two |= {"g_-65mV_2_nS": t, "g_0mV_2_nS": 2 * t}
    many = {f"V_m_{j}_mV": -60 + j + 0 * t for j in (11, *range(11))}
    for columns, labels in (
        (two, ["$V_m$ of neuron 0", "$V_m$ of neuron 7", "$u$", "$I_{inj}$", *2 * ["$g$ ("]]),
        (many, ["Recorded neuron"]),
    ):
        pd.DataFrame({"t_ms": t} | columns).to_parquet(voltages)
        plot_network.main(spikes, voltages, neurons, 0.01, [])
        raster, *panels = [ax for ax in drawn[-1].axes if ax.get_ylabel() != "$V_m$ (mV)"]
        colors = [to_rgb(line.get_color()) for line in raster.lines]
        assert colors == [to_rgb("C0"), to_rgb("C1")]
        assert [line.get_ydata().tolist() for line in raster.lines] == [[0, 1], [11]]
        for panel, label in zip(panels, labels, strict=True):
            assert panel.get_ylabel().startswith(label)
    (image,) = panels[0].images
    np.testing.assert_array_equal(image.get_array()[:, 0], np.arange(-60, -48))


TABLES = {"E_syn_mV": "neurons.csv", "weights_nS": "connections.csv"}
GUESS = {"guess": {"N": 100, "weight_pS": 900}}
STUDY = {
    "vary": {"neuron.b_pA": [0, 65], "neuron.a_nS": {"from": 0, "to": 1, "n": 2}},
    "cases": {"one": {}, "|other|": {"neuron.C_pF": 50}},
    "set": {"experiment.seeds": {"from": 0, "to": 9}},
}


@pytest.mark.parametrize("study", [STUDY, {"vary": STUDY["vary"]}], ids=["cases", "grid"])
@pytest.mark.parametrize("measure", measures())
@pytest.mark.parametrize("changes", [{}, {"network": TABLES, "find_weight": GUESS}])
def test_captions_are_whole_and_without_mistakes(changes, measure, study):
    """As the report makes them: filled in by Jinja, then read by docutils."""
    jinja = Environment(undefined=StrictUndefined)
    params = {"study": (Study.model_validate(study | {"measure": measure}),)}
    params |= {"description": measures()[measure].description}
    recording = {"voltage": {"file": "cell.abf"}, "spikes": {"file": "units.csv"}}
    params["recording"] = (recording,)
    given = {
        "config": resolve(changes).as_written(),
        "params": SimpleNamespace(**params),
        "rule": "study_mine",
    }
    for file in (ROOT / "workflow/report").glob("*.rst"):
        if file.name == "workflow.rst":  # the overview, of a report's own results
            continue
        text = jinja.from_string(file.read_text()).render(snakemake=SimpleNamespace(**given))
        tree = publish_doctree(text, settings_overrides={"report_level": 1, "halt_level": 6})
        assert [str(node) for node in tree.findall(system_message)] == [], file.name
        words = " ".join(tree.astext().split())
        assert len(words) > 40
        for wrong in ("None", "= and", " ,", " .", "()", "its n,"):
            assert wrong not in words, (file.name, words)
