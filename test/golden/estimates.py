"""Golden values of estimates without labels, by NannyML and scikit-learn: python3 test/golden/estimates.py > test/golden/estimates.json

CBPE takes calibrated probabilities and the model's own scores. Both are made here, without ties, and stored with six
decimals; NannyML's functions are called on exactly these numbers. Isotonic regression is scikit-learn's.
"""
import json
import platform
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
from nannyml.performance_estimation.confidence_based import metrics as nanny
from sklearn.isotonic import IsotonicRegression

rng = np.random.default_rng(20260601)


def column(values):
    return [round(float(v), 6) for v in values]


def binary(n, threshold):
    scores = np.array(column(rng.permutation(np.linspace(0.013, 0.987, n))))
    p = np.array(column(np.clip(scores**1.4 + 0.05, 0, 1)))
    decided = pd.Series((scores >= threshold).astype(int))
    calibrated, model = pd.Series(p), pd.Series(scores)
    return {
        "scores": column(scores), "calibrated": column(p), "threshold": threshold,
        "auc": float(nanny.estimate_roc_auc(calibrated, model)),
        "pr-auc": float(nanny.estimate_ap(calibrated, model)),
        "f1": float(nanny.estimate_f1(decided, calibrated)),
        "precision": float(nanny.estimate_precision(decided, calibrated)),
        "recall": float(nanny.estimate_recall(decided, calibrated)),
        "specificity": float(nanny.estimate_specificity(decided, calibrated)),
        "accuracy": float(nanny.estimate_accuracy(decided, calibrated)),
    }


def isotonic(n, digits):
    x = np.round(rng.random(n), digits)
    y = (rng.random(n) < x**2).astype(float)
    fitted = IsotonicRegression(out_of_bounds="clip").fit(x, y)
    at = np.round(np.linspace(-0.1, 1.1, 25), 4)
    return {"x": column(x), "y": column(y), "at": column(at), "value": [float(v) for v in fitted.predict(at)]}


print(json.dumps({
    "versions": {"python": platform.python_version(), "nannyml": version("nannyml"),
                 "scikit-learn": version("scikit-learn")},
    "binary": [binary(40, 0.5), binary(300, 0.3)],
    "isotonic": [isotonic(60, 6), isotonic(200, 1), isotonic(12, 2)],
}))
