"""What has to be seen in figures."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from connection_inference import plot_clipping
from network import plot_network
from nto1_workflow.style import plt


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
    figure.axes[0].get_legend().remove()
    for i in range(3):
        assert n_pixels(figure, f"C{i}") > 20


@pytest.mark.parametrize("n", [1, 3, 4, 12])
def test_every_neuron_has_its_row(drawn, tmp_path, n):
    """Also one that is silent, and no other."""
    table, neurons = tmp_path / "t.parquet", tmp_path / "neurons.csv"
    pd.DataFrame({"neuron": [0], "t_ms": [5.0]}).to_parquet(table)
    voltages = tmp_path / "v.parquet"
    pd.DataFrame({"t_ms": [0.0, 1.0], "V_m_0_mV": [-60.0, -61.0]}).to_parquet(voltages)
    pd.DataFrame({"E_syn_mV": [0] * n}).to_csv(neurons, index=False)
    for E_syn_mV in ([0] * n, str(neurons)):
        plot_network.main(table, voltages, E_syn_mV, 1, [])
        assert drawn[-1].axes[0].get_ylim() == (n - 0.5, -0.5)
