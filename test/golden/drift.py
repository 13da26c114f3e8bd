"""Golden values of the drift statistics, by scipy and numpy: python3 test/golden/drift.py > test/golden/drift.json

Written from the definitions, apart from src/stats. PSI has no peer with a stated zero rule: its rule (an empty bin is
half a row, at least 0.01 %; bins empty on both sides are left out) is applied here by hand.
"""
import json
import platform
from math import gcd

import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon
from scipy.stats.contingency import association

rng = np.random.default_rng(20260501)


def psi(before, now):
    b, c = np.asarray(before, float), np.asarray(now, float)
    kept = (b + c) > 0
    n, m = b.sum(), c.sum()
    p = np.where(b == 0, max(0.5 / n, 1e-4), b / n)[kept]
    q = np.where(c == 0, max(0.5 / m, 1e-4), c / m)[kept]
    return {"before": list(map(int, before)), "now": list(map(int, now)),
            "value": float(np.sum((q - p) * np.log(q / p))), "bins": int(kept.sum())}


def chi(before, now):
    table = np.array([before, now])
    result = stats.chi2_contingency(table, correction=False)
    return {"before": list(map(int, before)), "now": list(map(int, now)),
            "statistic": float(result.statistic), "df": int(result.dof), "pValue": float(result.pvalue)}


def distances(before, now):
    p, q = (np.asarray(v, float) / np.sum(v) for v in (before, now))
    return {"before": list(map(int, before)), "now": list(map(int, now)),
            "jensenShannon": float(jensenshannon(p, q, 2)), "hellinger": float(np.sqrt(1 - np.sum(np.sqrt(p * q)))),
            "lInfinity": float(np.max(np.abs(p - q)))}


def wasserstein(x, y):
    return {"x": [float(v) for v in x], "y": [float(v) for v in y], "value": float(stats.wasserstein_distance(x, y))}


def cramer(table):
    """Plain by scipy; Bergsma (2013) from scipy's chi2 by hand."""
    t = np.array(table)
    r, c, n = *t.shape, t.sum()
    phi2 = stats.chi2_contingency(t, correction=False).statistic / n
    phi2 = max(0, phi2 - (r - 1) * (c - 1) / (n - 1))
    least = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return {"table": t.tolist(), "plain": float(association(t, "cramer")), "corrected": float(np.sqrt(phi2 / least))}


def ks(x, y):
    result = stats.ks_2samp(x, y, method="exact")
    return {"x": [float(v) for v in x], "y": [float(v) for v in y],
            "statistic": float(result.statistic), "pValue": float(result.pvalue)}


def exact(n, m, h):
    d = h / (n * m // gcd(n, m))
    _, d, p = stats._stats_py._attempt_exact_2kssamp(n, m, gcd(n, m), d, "two-sided")
    return {"n": n, "m": m, "statistic": float(d), "pValue": float(p)}


def limit(n, m, p):
    size = round(n * m / (n + m))
    d = stats.kstwo.isf(p, size)
    return {"n": n, "m": m, "statistic": float(d), "pValue": float(stats.kstwo.sf(d, size))}


def adjusted(p):
    return {"p": list(map(float, p)), "q": [float(v) for v in stats.false_discovery_control(p)]}


print(json.dumps({
    "versions": {"python": platform.python_version(), "scipy": scipy.__version__, "numpy": np.__version__},
    "psi": [psi([50, 50], [80, 20]), psi([100, 200, 300, 400], [130, 180, 310, 380]), psi([0, 10, 90], [5, 15, 80]),
            psi([1000, 0, 99000], [0, 0, 200]), psi([7], [9]), psi([20000, 80000, 0], [200, 700, 100])],
    "chi2": [chi([10, 20, 30], [6, 9, 17]), chi([500, 300, 200, 1000], [55, 35, 10, 100]), chi([12, 7], [5, 14]),
             chi([90000, 9000, 1000], [800, 150, 250])],
    "ks": [ks(rng.normal(size=100), rng.normal(0.3, size=110)), ks(rng.integers(0, 8, 40), rng.integers(2, 9, 60)),
           ks(np.arange(5.0), np.arange(5.0)), ks(np.arange(20.0), np.arange(20.0) + 30)],
    "ksExact": [exact(10, 10, 6), exact(7, 13, 40), exact(100, 110, 240), exact(500, 300, 150), exact(1000, 1000, 72),
                exact(1000, 1000, 300), exact(200, 5000, 577), exact(3, 3, 3)],
    "ksLimit": [limit(n, m, p) for n, m in ((100000, 50), (100000, 1900), (100000, 5000), (100000, 100000))
                for p in (0.5, 0.1, 0.03, 0.015, 0.001, 1e-6)],
    "bh": [adjusted([0.01, 0.04, 0.03]), adjusted([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                                   0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]),
           adjusted([0.5, 0.5, 0.5]), adjusted([1e-300, 1.0])],
    "distances": [distances([50, 50], [80, 20]), distances([1, 0], [0, 1]), distances([10, 30, 60], [100, 300, 600]),
                  distances(rng.integers(0, 90, 22), rng.integers(0, 90, 22)),
                  distances([99990, 10, 0], [0, 3, 7])],
    "wasserstein": [wasserstein([0, 1, 3], [5, 6, 8]), wasserstein([0, 1], [0]), wasserstein([1, 2, 3], [3, 1, 2]),
                    wasserstein(rng.normal(size=60), rng.normal(0.4, 2, size=45)),
                    wasserstein(rng.integers(0, 9, 50), rng.integers(0, 12, 80))],
    "cramer": [cramer([[12, 13, 14, 15, 16], [17, 16, 18, 19, 11], [9, 15, 14, 12, 11]]),
               cramer([[500, 300, 200], [40, 35, 25]]), cramer([[500, 500], [800, 200]])],
}, indent=1))
