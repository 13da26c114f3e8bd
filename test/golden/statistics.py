"""Golden values of src/stats (comparison of two models) by statsmodels, scipy and arch.

    pip install scipy==1.17.1 statsmodels==0.14.5 arch==7.2.0
    python test/golden/statistics.py > test/golden/statistics.json

Tango's interval is in none of them: here its nuisance parameter is found by maximising the likelihood numerically, and
the ends of the interval by root finding, independently of the closed form that the implementation uses.
"""

import json
import platform
import sys

import arch
import numpy as np
import scipy
import scipy.optimize as so
import scipy.stats as st
import statsmodels
from arch.bootstrap import optimal_block_length
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20261120)


def mcnemar_case(b, c):
    n = b + c
    exact = float(mcnemar([[10, b], [c, 10]], exact=True).pvalue) if n else 1.0
    at = float(st.binom.pmf(min(b, c), n, 0.5)) if n else 0.0
    return {"b": b, "c": c, "exact": exact, "midP": 1.0 if n == 0 else 1 - at / 2 if b == c else exact - at}


def tango_score(b, c, n, delta):
    """Score of H0: p12 - p21 = delta, with p21 at the maximum of the multinomial likelihood under H0."""
    def loss(q):
        p12, p21, rest = q + delta, q, 1 - 2 * q - delta
        terms = [(b, p12), (c, p21), (n - b - c, rest)]
        if any(p <= 0 and k > 0 or p < -1e-15 for k, p in terms):
            return 1e300
        return -sum(k * np.log(p) for k, p in terms if k > 0)
    low, high = max(0, -delta), (1 - delta) / 2
    q = so.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
    return (b - c - n * delta) / np.sqrt(n * (2 * q + delta * (1 - delta)))


def tango_case(b, c, n, level):
    z = st.norm.ppf(1 - (1 - level) / 2)
    d = (b - c) / n
    low = so.brentq(lambda x: tango_score(b, c, n, x) - z, -1 + 1e-9, d - 1e-12, xtol=1e-12)
    high = so.brentq(lambda x: tango_score(b, c, n, x) + z, d + 1e-12, 1 - 1e-9, xtol=1e-12)
    return {"b": b, "c": c, "n": n, "level": level, "low": low, "high": high}


def wilson_case(k, n, level):
    low, high = proportion_confint(k, n, alpha=1 - level, method="wilson")
    return {"successes": k, "trials": n, "level": level, "low": float(low), "high": float(high)}


def student_case(p, df):
    return {"p": p, "df": df, "t": float(st.t.ppf(p, df))}


def block_case(phi, n):
    x = np.zeros(n)
    for i in range(n):
        x[i] = phi * (x[i - 1] if i else 0) + rng.normal()
    x = np.round(x, 4)
    return {"phi": phi, "series": x.tolist(), "length": float(optimal_block_length(x)["circular"].iloc[0])}


sys.stdout.write(json.dumps({
    "generatedBy": "test/golden/statistics.py",
    "versions": {"python": platform.python_version(), "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                 "arch": arch.__version__, "numpy": np.__version__},
    "mcnemar": [mcnemar_case(b, c) for b, c in [(1, 8), (0, 6), (5, 5), (0, 0), (121, 59), (3, 4), (400, 350)]],
    "tango": [tango_case(*one) for one in [(9, 2, 48, 0.95), (1, 8, 50, 0.95), (12, 3, 200, 0.9), (130, 98, 5000, 0.95), (6, 0, 60, 0.95), (40, 41, 100, 0.99)]],
    "wilson": [wilson_case(*one) for one in [(8, 10, 0.95), (0, 20, 0.95), (20, 20, 0.95), (1, 1000, 0.9), (523, 1000, 0.99)]],
    "student": [student_case(*one) for one in [(0.975, 10), (0.975, 1), (0.975, 1.5), (0.9, 2), (0.9995, 5), (0.025, 4.3), (0.995, 1000), (0.975, 1e6)]],
    "blocks": [block_case(phi, 600) for phi in (0.0, 0.3, 0.6, 0.9)],
}))
sys.stdout.write("\n")
