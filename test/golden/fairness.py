"""Golden values of group and individual fairness by fairlearn, scikit-learn and scipy.

    pip install fairlearn==0.15.0 scikit-learn==1.9.1 scipy==1.17.1
    python test/golden/fairness.py > test/golden/fairness.json

Of several classes each is held against all others, of regressions MetricFrame gets mean prediction, MAE, RMSE and mean
residual; the distance of distributions is scipy's ks_2samp. Group metrics are fairlearn's MetricFrame of scikit-learn's rates (selection rate, recall, false positive rate, precision),
with sample weights, between groups and to overall. Group calibration (mean score - share of positives, and positives over
expected positives) is no metric of fairlearn: it is given to MetricFrame as a function, so that difference and ratio are
fairlearn's. Consistency is AIF360's formula (self-inclusive, unscaled) on scikit-learn's NearestNeighbors, and the same
without the row itself.
"""

import json

import fairlearn
import fairlearn.metrics as fm
import numpy as np
import scipy
import scipy.stats as st
import sklearn
import sklearn.metrics as sk
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(20260702)


def group_case(name, y, p, groups, threshold=0.5, weights=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    d = (p >= threshold).astype(float)
    rates = {
        "demographic-parity": {"r": fm.selection_rate},
        "equal-opportunity": {"r": sk.recall_score},
        "predictive-parity": {"r": sk.precision_score},
        "equalized-odds": {"r": fm.true_positive_rate, "f": fm.false_positive_rate},
    }
    values = {}
    for method, suffix in (("between_groups", ""), ("to_overall", "-to-overall")):
        for notion, metrics in rates.items():
            frame = fm.MetricFrame(
                metrics=metrics,
                y_true=y,
                y_pred=d,
                sensitive_features=groups,
                sample_params={key: {"sample_weight": w} for key in metrics},
            )
            values[f"{notion}-difference{suffix}"] = float(frame.difference(method=method).max())
            values[f"{notion}-ratio{suffix}"] = float(frame.ratio(method=method).min())
        gap = lambda a, b, sample_weight: np.average(b, weights=sample_weight) - np.average(a, weights=sample_weight)
        share = lambda a, b, sample_weight: np.average(a, weights=sample_weight) / np.average(b, weights=sample_weight)
        of = lambda f: fm.MetricFrame(
            metrics=f, y_true=y, y_pred=p, sensitive_features=groups, sample_params={"sample_weight": w}
        )
        values[f"group-calibration-difference{suffix}"] = float(of(gap).difference(method=method))
        values[f"group-calibration-ratio{suffix}"] = float(of(share).ratio(method=method))
    return {
        "name": name,
        "labels": y.tolist(),
        "scores": p.tolist(),
        "groups": list(groups),
        "threshold": threshold,
        "weights": None if weights is None else w.tolist(),
        "values": values,
    }


def synthetic(n, k, weighted=False, threshold=0.5):
    groups = [f"g{i}" for i in rng.integers(0, k, n)]
    shift = np.array([0.4 * int(g[1:]) for g in groups])
    z = rng.normal(size=n) + shift
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    p = 1 / (1 + np.exp(-(z + 0.6 * rng.normal(size=n))))
    weights = rng.integers(1, 5, n) / 2 if weighted else None
    return group_case(f"{n} rows, {k} groups{', weights' if weighted else ''}", y, p, groups, threshold, weights)


def one_vs_rest_case(n, k, classes, weighted=False):
    """Every class against all others; the worst of the classes is the metric."""
    base = synthetic(n, k, weighted)
    groups = base["groups"]
    shift = np.array([0.5 * int(g[1:]) for g in groups])
    z = rng.normal(size=n) + shift
    odds = np.stack([c * 0.7 * z - 0.3 * c * c for c in range(classes)], axis=1) + 1.2 * rng.normal(size=(n, classes))
    p = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    y = np.array([rng.choice(classes, p=row) for row in p])
    d = p.argmax(axis=1)
    w = np.ones(n) if base["weights"] is None else np.asarray(base["weights"])
    per_class = {}
    for c in range(classes):
        # With decisions as scores the rates are those of the decided class; calibration needs the probability.
        decided = group_case("", y == c, (d == c).astype(float), groups, 0.5, w)["values"]
        scored = group_case("", y == c, p[:, c], groups, 0.5, w)["values"]
        per_class[c] = {**decided, **{key: scored[key] for key in scored if key.startswith("group-calibration")}}
    worst = lambda key: (max if "difference" in key else min)(values[key] for values in per_class.values())
    return {
        "name": f"{n} rows, {k} groups, {classes} classes{', weights' if weighted else ''}",
        "classes": classes,
        "labels": y.tolist(),
        "scores": p.flatten().tolist(),
        "groups": groups,
        "weights": base["weights"],
        "values": {key: worst(key) for key in per_class[0]},
        "second": per_class[1],
    }


def regression_case(n, k, weighted=False):
    groups = np.array([f"g{i}" for i in rng.integers(0, k, n)])
    shift = np.array([3.0 * int(g[1:]) for g in groups])
    y = 50 + 10 * rng.normal(size=n) + shift
    p = y + (1 + shift / 5) * rng.normal(size=n) + shift / 4
    w = rng.integers(1, 5, n) / 2 if weighted else np.ones(n)
    params = {"sample_weight": w}
    mae = lambda a, b, sample_weight: sk.mean_absolute_error(a, b, sample_weight=sample_weight)
    rmse = lambda a, b, sample_weight: sk.root_mean_squared_error(a, b, sample_weight=sample_weight)
    gap = lambda a, b, sample_weight: np.average(b - a, weights=sample_weight)
    share = lambda a, b, sample_weight: np.average(a, weights=sample_weight) / np.average(b, weights=sample_weight)
    notions = {
        "demographic-parity": (fm.mean_prediction, fm.mean_prediction),
        "mae-parity": (mae, mae),
        "rmse-parity": (rmse, rmse),
        "group-calibration": (gap, share),
    }
    values = {}
    for method, suffix in (("between_groups", ""), ("to_overall", "-to-overall")):
        for name, (one, other) in notions.items():
            of = lambda f: fm.MetricFrame(metrics=f, y_true=y, y_pred=p, sensitive_features=groups, sample_params=params)
            values[f"{name}-difference{suffix}"] = float(of(one).difference(method=method))
            values[f"{name}-ratio{suffix}"] = float(of(other).ratio(method=method))
    if not weighted:
        names = sorted(set(groups))
        ks = lambda a, b: float(st.ks_2samp(a, b).statistic)
        values["distribution-parity-difference"] = max(ks(p[groups == a], p[groups == b]) for a in names for b in names if a < b)
        values["distribution-parity-difference-to-overall"] = max(ks(p[groups == a], p) for a in names)
    return {
        "name": f"{n} rows, {k} groups{', weights' if weighted else ''}",
        "labels": y.tolist(),
        "scores": p.tolist(),
        "groups": groups.tolist(),
        "weights": w.tolist() if weighted else None,
        "values": values,
    }


def consistency_case(name, x, decisions, k):
    x, d = np.asarray(x, float), np.asarray(decisions, float)
    with_self = NearestNeighbors(n_neighbors=k, algorithm="ball_tree").fit(x).kneighbors(x, return_distance=False)
    without = NearestNeighbors(n_neighbors=k).fit(x).kneighbors(return_distance=False)
    return {
        "name": name,
        "points": x.tolist(),
        "decisions": d.tolist(),
        "k": k,
        "withSelf": float(1 - np.mean(np.abs(d - d[with_self].mean(axis=1)))),
        "withoutSelf": float(1 - np.mean(np.abs(d - d[without].mean(axis=1)))),
    }


def bootstrap_case():
    """Mean and standard deviation of group metrics over 20,000 resamples of the rows, by brute force."""
    n = 400
    groups = rng.integers(0, 3, n)
    z = rng.normal(size=n) + 0.5 * groups
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    p = 1 / (1 + np.exp(-(z + 0.6 * rng.normal(size=n))))
    d = p >= 0.5
    seen = []
    for _ in range(20_000):
        i = rng.integers(0, n, n)
        g, yy, dd, pp = groups[i], y[i], d[i], p[i]
        sel = [dd[g == c].mean() for c in range(3)]
        tpr = [dd[(g == c) & (yy == 1)].mean() for c in range(3)]
        gap = [(pp - yy)[g == c].mean() for c in range(3)]
        seen.append([max(sel) - min(sel), max(tpr) - min(tpr), max(gap) - min(gap)])
    seen = np.array(seen)
    names = ["demographic-parity-difference", "equal-opportunity-difference", "group-calibration-difference"]
    return {
        "labels": y.tolist(),
        "scores": p.tolist(),
        "groups": [f"g{g}" for g in groups],
        "quantiles": {name: np.quantile(seen[:, j], [0.05, 0.5, 0.95]).tolist() for j, name in enumerate(names)},
    }


xs = rng.normal(size=(80, 3))
result = {
    "versions": {"fairlearn": fairlearn.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
    "groups": [synthetic(200, 2), synthetic(300, 4), synthetic(250, 3, weighted=True), synthetic(150, 2, threshold=0.3)],
    "consistency": [
        consistency_case("80 rows in three dimensions", xs, (xs[:, 0] + 0.5 * rng.normal(size=80)) > 0, 5),
        consistency_case("12 rows on a line", rng.normal(size=(12, 1)), rng.integers(0, 2, 12), 3),
    ],
    "bootstrap": bootstrap_case(),
    "binomial": [
        {"n": n, "p": p, "sd": float(st.binom.std(n, p)), "mean": float(st.binom.mean(n, p)), "below": float(st.binom.cdf(int(n * p) - 1, n, p))}
        for n, p in ((10, 0.3), (1000, 0.02), (100_000, 0.4), (50, 0.9))
    ],
}
# Drawn last: what stands above keeps its values.
result["classes"] = [one_vs_rest_case(300, 2, 3), one_vs_rest_case(400, 3, 4, weighted=True)]
result["regression"] = [regression_case(200, 2), regression_case(300, 4, weighted=True), regression_case(250, 3)]
print(json.dumps(result))
