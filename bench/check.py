"""The peer of `refit check`: the same tests of the same data by pandas and scipy.

python3 bench/check.py prepare <reference> <reference.pkl>        keeps the reference, outside the measured time
python3 bench/check.py check <reference.pkl> <new file or folder> prints seconds from the first line on, MB, drifted columns, seconds of CPU

CSV or Parquet (by pyarrow). Of new data only the columns that the reference has are read.
"""
import resource
import sys
import time
from pathlib import Path

started = time.perf_counter()
import numpy as np
import pandas as pd
from scipy import stats

command, first, second = sys.argv[1:4]
if command == "prepare":
    ignored = sys.argv[4:] + ["label"]
    read = pd.read_parquet if first.endswith(".parquet") else pd.read_csv
    read(first).drop(columns=ignored, errors="ignore").to_pickle(second)
    sys.exit()


def psi(before, now):
    p = np.where(before == 0, max(0.5 / before.sum(), 1e-4), before / before.sum())
    q = np.where(now == 0, max(0.5 / now.sum(), 1e-4), now / now.sum())
    return float(np.sum((q - p) * np.log(q / p)))


reference = pd.read_pickle(first)
columns = list(reference.columns)
if Path(second).is_dir() or second.endswith(".parquet"):
    new = pd.read_parquet(second, columns=columns)
else:
    new = pd.read_csv(second, usecols=columns)
scores, p_values = [], []
for name in columns:
    a, b = reference[name], new[name]
    missing = [a.isna().sum()], [b.isna().sum()]
    if pd.api.types.is_numeric_dtype(a):
        x, y = a.dropna().to_numpy(), b.dropna().to_numpy()
        edges = np.unique(np.quantile(x, np.linspace(0, 1, 11)))
        edges[0], edges[-1] = -np.inf, np.inf
        before, now = np.histogram(x, edges)[0], np.histogram(y, edges)[0]
        p_values.append(stats.ks_2samp(x, y, method="asymp").pvalue)
    else:
        table = pd.concat([a.value_counts(), b.value_counts()], axis=1).fillna(0).to_numpy()
        before, now = table[:, 0], table[:, 1]
        p_values.append(stats.chi2_contingency(table.T, correction=False).pvalue)
    scores.append(psi(np.concatenate([before, missing[0]]), np.concatenate([now, missing[1]])))
q_values = stats.false_discovery_control(p_values)
drifted = int(np.sum((np.array(scores) > 0.2) & (q_values < 0.01)))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(f"{time.perf_counter() - started:.3f} {usage.ru_maxrss / 1000:.0f} {drifted} {usage.ru_utime + usage.ru_stime:.3f}")
