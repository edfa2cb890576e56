"""The tables against the same construction with 70 digits, and against published entries."""

import pytest
from mpmath import erfc, exp, floor, log, mp, mpf, pi, sqrt

from nto1.random.ziggurat import EXPONENTIAL, NORMAL, R_EXPONENTIAL, R_NORMAL


def tables(R, area, f, f_inverse, mantissa):
    k, w, edge = [0] * 256, [0.0] * 256, [1.0] * 256
    x, height = R, f(R)
    k[0], w[0] = int(floor(R * f(R) / area * mantissa)), float(area / f(R) / mantissa)
    w[255], edge[255] = float(R / mantissa), float(f(R))
    for i in range(254, 0, -1):
        above = f_inverse(area / x + height)
        k[i + 1] = int(floor(above / x * mantissa))
        w[i], edge[i] = float(above / mantissa), float(f(above))
        x, height = above, f(above)
    k[1] = 0
    return k, w, edge


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(70):
        yield


def test_normal_tables_to_the_last_bit():
    R = mpf(str(R_NORMAL))
    area = R * exp(-R * R / 2) + sqrt(pi / 2) * erfc(R / sqrt(2))
    expected = tables(R, area, lambda x: exp(-x * x / 2), lambda y: sqrt(-2 * log(y)), mpf(2) ** 51)
    for found, wanted in zip(NORMAL, expected, strict=True):
        assert found.tolist() == wanted


def test_exponential_tables_to_the_last_bit():
    R = mpf(str(R_EXPONENTIAL))
    expected = tables(R, (R + 1) * exp(-R), lambda x: exp(-x), lambda y: -log(y), mpf(2) ** 52)
    for found, wanted in zip(EXPONENTIAL, expected, strict=True):
        assert found.tolist() == wanted


def test_entries_known_from_other_implementations():
    assert [hex(k) for k in NORMAL.k[:4].tolist()] == [
        "0x7799ec012f7b2",
        "0x0",
        "0x6045f4c7de363",
        "0x6d1aa7d5ec0a5",
    ]
    assert [hex(k) for k in EXPONENTIAL.k[:4].tolist()] == [
        "0xe290a13924be3",
        "0x0",
        "0x9beadebce18bf",
        "0xc377ac71f9e08",
    ]
    assert NORMAL.w[1] == 9.5586603514556339e-17
    assert EXPONENTIAL.w[1] == 1.4178028487910829e-17
