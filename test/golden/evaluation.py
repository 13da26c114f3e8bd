"""Golden values of src/evaluation by scikit-learn, fairlearn and scipy.

    pip install scikit-learn==1.9.1 fairlearn==0.15.0 scipy==1.17.1
    python test/golden/evaluation.py > test/golden/evaluation.json

Where Refit calls a metric undefined (an empty denominator, one class) but the peer substitutes 0, the value is None here:
the conditions are written out below, independently of the implementation.
"""

import json
import platform
import sys
import warnings

import fairlearn
import fairlearn.metrics as fm
import numpy as np
import scipy
import scipy.stats as st
import sklearn
import sklearn.metrics as sk

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20260701)


def ece(y, p, w):
    """Expected calibration error on ten bins of equal width, left-closed; the last one includes 1."""
    # i / 10, not linspace: that one puts 0.3 into the bin below.
    bins = np.searchsorted(np.arange(1, 10) / 10, p, side="right")
    gaps = [abs(np.sum(w[bins == b] * (y[bins == b] - p[bins == b]))) for b in range(10)]
    return float(sum(gaps) / np.sum(w))


def binary_case(name, y, p, threshold=0.5, weights=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    d = (p >= threshold).astype(float)
    tn, fp, fn, tp = sk.confusion_matrix(y, d, sample_weight=w, labels=[0, 1]).ravel()
    pos, neg, yes, no = tp + fn, tn + fp, tp + fp, tn + fn
    both = pos > 0 and neg > 0
    kw = {"sample_weight": w}
    values = {
        "auc": sk.roc_auc_score(y, p, **kw) if both else None,
        "accuracy": sk.accuracy_score(y, d, **kw),
        "balanced-accuracy": sk.balanced_accuracy_score(y, d, **kw) if both else None,
        "precision": sk.precision_score(y, d, **kw) if yes > 0 else None,
        "recall": sk.recall_score(y, d, **kw) if pos > 0 else None,
        "specificity": sk.recall_score(y, d, pos_label=0, **kw) if neg > 0 else None,
        "f1": sk.f1_score(y, d, **kw) if 2 * tp + fp + fn > 0 else None,
        "mcc": sk.matthews_corrcoef(y, d, **kw) if both and yes > 0 and no > 0 else None,
        "pr-auc": sk.average_precision_score(y, p, **kw) if pos > 0 else None,
        "log-loss": sk.log_loss(y, np.column_stack([1 - p, p]), labels=[0, 1], **kw),
        "brier": sk.brier_score_loss(y, p, labels=[0, 1], **kw) if both else float(np.sum(w * (p - y) ** 2) / np.sum(w)),
        "ece": ece(y, p, w),
    }
    return {
        "name": name, "task": "binary", "labels": y.tolist(), "scores": p.tolist(), "threshold": threshold,
        "weights": None if weights is None else w.tolist(), "values": clean(values),
    }


def multiclass_case(name, y, p, weights=None):
    y, p = np.asarray(y), np.asarray(p, float)
    d = p.argmax(axis=1)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    kw = {"sample_weight": w}
    values = {
        "accuracy": sk.accuracy_score(y, d, **kw),
        "balanced-accuracy": sk.balanced_accuracy_score(y, d, **kw),
        "macro-f1": sk.f1_score(y, d, average="macro", **kw),
        "weighted-f1": sk.f1_score(y, d, average="weighted", **kw),
        "log-loss": sk.log_loss(y, p, labels=list(range(p.shape[1])), **kw),
    }
    return {
        "name": name, "task": "multiclass", "classes": p.shape[1], "labels": y.tolist(), "scores": p.ravel().tolist(),
        "weights": None if weights is None else w.tolist(), "values": clean(values),
    }


def regression_case(name, y, p, weights=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    kw = {"sample_weight": w}
    values = {
        "rmse": sk.root_mean_squared_error(y, p, **kw),
        "mae": sk.mean_absolute_error(y, p, **kw),
        "r2": sk.r2_score(y, p, **kw) if len(set(y)) > 1 else None,
        "median-ae": sk.median_absolute_error(y, p) if weights is None else None,
        "mape": sk.mean_absolute_percentage_error(y, p, **kw) if (y != 0).all() else None,
        "bias": float(np.average(p - y, weights=w)),
    }
    return {
        "name": name, "task": "regression", "labels": y.tolist(), "scores": p.tolist(),
        "weights": None if weights is None else w.tolist(), "values": clean(values),
    }


def clean(values):
    return {k: None if v is None else float(v) for k, v in values.items()}


def logistic(n, slope, shift, digits):
    z = rng.normal(size=n) * slope + shift
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    p = 1 / (1 + np.exp(-(z + rng.normal(size=n))))
    return y, np.round(p, digits)


def softmax(n, k):
    z = rng.normal(size=(n, k))
    y = np.array([rng.choice(k, p=np.exp(r) / np.exp(r).sum()) for r in z])
    e = np.exp(z + rng.normal(size=(n, k)) * 0.7)
    p = np.round(e / e.sum(axis=1, keepdims=True), 6)
    p[:, -1] = 1 - p[:, :-1].sum(axis=1)
    return y, p


def fairness_case(name, y, p, groups):
    kw = {"sensitive_features": groups}
    return {
        "name": name, "labels": list(map(int, y)), "decisions": list(map(int, p)), "groups": list(groups),
        "values": {
            "demographic-parity-difference": float(fm.demographic_parity_difference(y, p, **kw)),
            "demographic-parity-ratio": float(fm.demographic_parity_ratio(y, p, **kw)),
            "equalized-odds-difference": float(fm.equalized_odds_difference(y, p, **kw)),
            "equalized-odds-ratio": float(fm.equalized_odds_ratio(y, p, **kw)),
        },
    }


def bca_case(name, data, statistic, resamples):
    result = st.bootstrap((data,), statistic, n_resamples=resamples, method="BCa", confidence_level=0.95,
                          vectorized=True, random_state=np.random.default_rng(3))
    jackknife = [float(statistic(np.delete(data, i), axis=-1)) for i in range(len(data))]
    return {
        "name": name, "estimate": float(statistic(data, axis=-1)), "level": 0.95, "jackknife": jackknife,
        "resampled": result.bootstrap_distribution.tolist(),
        "low": float(result.confidence_interval.low), "high": float(result.confidence_interval.high),
    }


def main():
    y1, p1 = logistic(200, 1.5, -1, 4)
    y2, p2 = logistic(120, 2, 0, 1)
    y3, p3 = logistic(300, 1, -4.5, 4)
    k1, q1 = softmax(120, 4)
    keep = k1 != 2
    t = np.round(rng.gamma(2, 50, 150), 2)
    g = np.round(t * rng.normal(1, 0.2, 150) + 3, 2)
    groups = rng.choice(["a", "b", "c"], 150, p=[0.5, 0.3, 0.2])
    fy = (rng.random(150) < 0.4).astype(int)
    fd = (rng.random(150) < np.where(groups == "a", 0.5, 0.3) + 0.2 * fy).astype(int)
    data = np.round(rng.gamma(1.5, 10, 40), 3)
    sys.stdout.write(json.dumps({
        "generatedBy": "test/golden/evaluation.py",
        "versions": {"python": platform.python_version(), "scikit-learn": sklearn.__version__,
                     "fairlearn": fairlearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
        "metrics": [
            binary_case("logistic scores", y1, p1),
            binary_case("heavy ties (eleven scores)", y2, p2),
            binary_case("another threshold", y1, p1, threshold=0.3),
            binary_case("sample weights", y1, p1, weights=np.round(rng.random(200) * 3, 3)),
            binary_case("weights of zero", y2, p2, weights=rng.integers(0, 3, 120)),
            binary_case("extreme imbalance", y3, p3),
            binary_case("constant scores", y2, np.full(120, 0.3)),
            binary_case("no row is positive", np.zeros(30), p1[:30]),
            binary_case("every row is positive", np.ones(30), p1[:30]),
            binary_case("perfect", [0, 0, 1, 1, 1], [0.1, 0.2, 0.7, 0.8, 1.0]),
            binary_case("perfectly wrong, certain", [0, 1, 0, 1], [1.0, 0.0, 1.0, 0.0]),
            binary_case("five rows", [0, 1, 0, 1, 1], [0.2, 0.2, 0.6, 0.5, 0.9]),
            multiclass_case("four classes", k1, q1),
            multiclass_case("one class missing", k1[keep], q1[keep]),
            multiclass_case("sample weights", k1, q1, weights=np.round(rng.random(120) * 3, 3)),
            multiclass_case("ties go to the first class", [0, 1, 2, 2], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.2, 0.4, 0.4], [0.25, 0.25, 0.5]]),
            regression_case("gamma", t, g),
            regression_case("sample weights", t, g, weights=np.round(rng.random(150) * 3, 3)),
            regression_case("even number of rows", [1, 2, 3, 4], [1.5, 2, 2, 6]),
            regression_case("constant truth", [5, 5, 5], [4, 5, 7]),
            regression_case("a true value of 0", [0, 1, 2], [0.5, 1, 1]),
            regression_case("large offset", 1e8 + t, 1e8 + g),
        ],
        "fairness": [
            fairness_case("the 18 rows of fairlearn's user guide",
                          [0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1],
                          [0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0],
                          list("bbabbcccaacabccbcc")),
            fairness_case("three groups of different size", fy, fd, groups.tolist()),
        ],
        "bca": [
            bca_case("mean of a skewed sample", data, np.mean, 999),
            bca_case("standard deviation", data, np.std, 999),
            bca_case("median (ties)", np.round(data), np.median, 499),
        ],
    }))
    sys.stdout.write("\n")


main()
