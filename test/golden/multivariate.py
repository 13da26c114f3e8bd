"""Golden values by numpy and scipy: python3 test/golden/multivariate.py > test/golden/multivariate.json

Eigenvalues by numpy.linalg.eigh; ridge logistic regression by scipy.optimize on the likelihood as its definition says.
"""
import json
import platform

import numpy as np
import scipy
from scipy.optimize import minimize

rng = np.random.default_rng(20260502)


def eigen(d):
    a = rng.normal(size=(3 * d, d))
    a = a.T @ a / d
    values, vectors = np.linalg.eigh(a)
    return {"d": d, "matrix": a.ravel().tolist(), "values": values[::-1].tolist(), "first": np.abs(vectors[:, -1]).tolist()}


def logistic(n, d, ridge):
    x = rng.normal(size=(n, d))
    y = (x @ rng.normal(size=d) + rng.logistic(size=n) > 0.3).astype(int)

    def loss(w):
        s = x @ w[:d] + w[d]
        return np.sum(np.logaddexp(0, s) - y * s) + ridge / 2 * np.sum(w[:d] ** 2)

    w = minimize(loss, np.zeros(d + 1), method="BFGS", options={"gtol": 1e-9}).x
    return {"d": d, "x": np.round(x, 12).ravel().tolist(), "y": y.tolist(), "ridge": ridge,
            "weights": w[:d].tolist(), "intercept": float(w[d])}


print(json.dumps({
    "versions": {"python": platform.python_version(), "scipy": scipy.__version__, "numpy": np.__version__},
    "eigen": [eigen(2), eigen(7), eigen(20)],
    "logistic": [logistic(60, 2, 1.0), logistic(120, 4, 5.0)],
}, indent=1))
