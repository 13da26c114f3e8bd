"""What bench/evaluation.ts is held against: a paired percentile bootstrap of AUC, log loss and F1 alone, of two models.

Usage: peer.py FILE ROWS [RESAMPLES]. FILE holds labels, candidate scores and champion scores as 64-bit floats, one after
the other. Prints one line of JSON. Needs scikit-learn, scipy and numpy. A percentile bootstrap spares the peer the
jackknife of a BCa interval; there are no slices, no fairness, no other metric and no third model.
"""
import json
import resource
import sys
import time

import numpy as np
import scipy
import sklearn
from scipy.stats import rankdata
from sklearn.metrics import f1_score, log_loss, roc_auc_score

path, rows = sys.argv[1], int(sys.argv[2])
resamples = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
truth, candidate, champion = np.fromfile(path, dtype="<f8").reshape(3, rows)
truth = truth.astype(np.int64)
models = [(score, (score >= 0.5).astype(np.int64)) for score in (candidate, champion)]


def metrics(label, score, decision):
    return [roc_auc_score(label, score), log_loss(label, score, labels=[0, 1]), f1_score(label, decision)]


started, processor = time.perf_counter(), time.process_time()
random = np.random.default_rng(7)
drawn = np.empty((resamples, 2, 3))
for b in range(resamples):
    index = random.integers(0, rows, rows)
    label = truth[index]
    for m, (score, decision) in enumerate(models):
        drawn[b, m] = metrics(label, score[index], decision[index])
values = np.array([metrics(truth, *model) for model in models])
single = np.percentile(drawn, [2.5, 97.5], axis=0)
paired = np.percentile(drawn[:, 0] - drawn[:, 1], [2.5, 97.5], axis=0)
ranks = rankdata(candidate)
positives = truth.sum()
mann_whitney = (ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * (rows - positives))
assert abs(mann_whitney - values[0, 0]) < 1e-12
print(json.dumps({
    "versions": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}",
    "resamples": resamples,
    "seconds": time.perf_counter() - started,
    "processor": time.process_time() - processor,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    "values": values.tolist(),
    "single": single.tolist(),
    "paired": paired.tolist(),
}))
