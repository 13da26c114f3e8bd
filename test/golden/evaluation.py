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


def ks(y, p, w):
    """Two-sample Kolmogorov-Smirnov distance of the scores, by scipy where rows have no weights."""
    if (w == 1).all():
        return float(st.ks_2samp(p[y == 1], p[y == 0]).statistic)
    cdf = lambda t, c: np.sum(w[(y == c) & (p <= t)]) / np.sum(w[y == c])
    return max(abs(cdf(t, 1) - cdf(t, 0)) for t in p)


def gains(y, p, w, share=0.1):
    """Share of the positives in the top tenth of the rows; rows of one score that straddle the limit in proportion."""
    top, found, seen = share * np.sum(w), 0.0, 0.0
    for t in sorted(set(p), reverse=True):
        at = p == t
        take = min(1.0, max(0.0, (top - seen) / np.sum(w[at]))) if np.sum(w[at]) > 0 else 0.0
        found += take * np.sum(w[at] * y[at])
        seen += np.sum(w[at])
    return float(found / np.sum(w * y))


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
        "f2": sk.fbeta_score(y, d, beta=2, **kw) if 2 * tp + fp + fn > 0 else None,
        "f0.5": sk.fbeta_score(y, d, beta=0.5, **kw) if 2 * tp + fp + fn > 0 else None,
        "f1.5": sk.fbeta_score(y, d, beta=1.5, **kw) if 2 * tp + fp + fn > 0 else None,
        "f3": sk.fbeta_score(y, d, beta=3, **kw) if 2 * tp + fp + fn > 0 else None,
        "ks": ks(y, p, w) if both else None,
        "gains@10%": gains(y, p, w) if pos > 0 else None,
        "lift@10%": gains(y, p, w) / 0.1 if pos > 0 else None,
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


def one_class(y, d, kw, k):
    """Precision, recall and F1 of each class, undefined where the denominator is empty."""
    w = kw["sample_weight"]
    values = {}
    for c in range(k):
        one = {"labels": [c], "average": None, **kw}
        truth, decided = np.sum(w[y == c]), np.sum(w[d == c])
        values[f"precision:c{c}"] = sk.precision_score(y, d, **one)[0] if decided > 0 else None
        values[f"recall:c{c}"] = sk.recall_score(y, d, **one)[0] if truth > 0 else None
        values[f"f1:c{c}"] = sk.f1_score(y, d, **one)[0] if truth + decided > 0 else None
    return values


def multiclass_case(name, y, p, weights=None):
    y, p = np.asarray(y), np.asarray(p, float)
    d = p.argmax(axis=1)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    kw = {"sample_weight": w}
    values = {
        "accuracy": sk.accuracy_score(y, d, **kw),
        "balanced-accuracy": sk.balanced_accuracy_score(y, d, **kw),
        **{f"{mean}-{kind}": score(y, d, average=mean, **kw)
           for mean in ("macro", "weighted", "micro")
           for kind, score in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score))},
        **{f"top-{k}-accuracy": sk.top_k_accuracy_score(y, p, k=k, labels=list(range(p.shape[1])), **kw)
           for k in (2, 3, 4, 5) if k < p.shape[1] and len(np.unique(np.round(p, 9))) > len(y)},
        **one_class(y, d, kw, p.shape[1]),
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
        "smape": float(np.average(np.where((y == 0) & (p == 0), 0, 2 * abs(p - y) / np.maximum(abs(y) + abs(p), 1e-300)), weights=w)),
        "wape": float(np.sum(w * abs(p - y)) / np.sum(w * abs(y))) if (y != 0).any() else None,
        "pinball-p10": sk.mean_pinball_loss(y, p, alpha=0.1, **kw),
        "pinball-p90": sk.mean_pinball_loss(y, p, alpha=0.9, **kw),
        **{f"pinball-p{q}": sk.mean_pinball_loss(y, p, alpha=float(q) / 100, **kw) for q in ("2.5", "50", "99")},
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


def more_binary():
    own = np.random.default_rng(20261101)
    y = (own.random(400) < 0.02).astype(int)
    p = np.round(np.clip(0.02 + 0.3 * y * own.random(400) + 0.05 * own.random(400), 0, 1), 3)
    w = own.integers(1, 5, 400) / 4
    one = np.zeros(50)
    one[17] = 1
    return [
        binary_case("2 % positive, ties at the cut, weights", y, p, threshold=0.1, weights=w),
        binary_case("a single positive row", one, np.round(own.random(50), 1), threshold=0.4),
        binary_case("constant scores, weights", y, np.full(400, 0.02), threshold=0.02, weights=w),
        binary_case("no row is decided positive", y, p, threshold=0.99),
        binary_case("ten rows, one score apart", [0, 0, 0, 1, 0, 1, 1, 0, 1, 1], np.full(10, 0.5) + np.eye(10)[3] * 0.1),
    ]


def more_multiclass():
    own = np.random.default_rng(20261102)
    k, q = 7, own.dirichlet(np.full(7, 0.6), 90)
    q = np.round(q, 6)
    q[:, -1] = 1 - q[:, :-1].sum(axis=1)
    y = np.array([own.choice(k, p=r) for r in q])
    never = q.copy()
    never[:, [2, 6]] = never[:, [6, 2]] * 0 + 1e-7
    never /= never.sum(axis=1, keepdims=True)
    return [
        multiclass_case("seven classes", y, q),
        multiclass_case("two classes are never decided", y, never),
        multiclass_case("seven classes, weights of 0 to 2", y, q, weights=own.integers(0, 3, 90)),
        multiclass_case("five rows", y[:5], q[:5]),
    ]


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
            *more_binary(),
            multiclass_case("four classes", k1, q1),
            multiclass_case("one class missing", k1[keep], q1[keep]),
            multiclass_case("sample weights", k1, q1, weights=np.round(rng.random(120) * 3, 3)),
            multiclass_case("ties go to the first class", [0, 1, 2, 2], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.2, 0.4, 0.4], [0.25, 0.25, 0.5]]),
            *more_multiclass(),
            regression_case("gamma", t, g),
            regression_case("sample weights", t, g, weights=np.round(rng.random(150) * 3, 3)),
            regression_case("even number of rows", [1, 2, 3, 4], [1.5, 2, 2, 6]),
            regression_case("constant truth", [5, 5, 5], [4, 5, 7]),
            regression_case("a true value of 0", [0, 1, 2], [0.5, 1, 1]),
            regression_case("large offset", 1e8 + t, 1e8 + g),
            regression_case("five rows, signs mixed", [-2, -1, 0, 1, 30], [-1, -1, 0, 3, 10]),
            regression_case("every true value is 0", [0, 0, 0], [1, 0, -1]),
            regression_case("one row", [3], [4]),
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
