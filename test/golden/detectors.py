"""Golden values of the sequential detectors, by river: python3 test/golden/detectors.py > test/golden/detectors.json

Streams are made by a linear congruential generator that the test repeats, so only its settings are stored: Bernoulli
errors whose rate changes, and uniform numbers whose level changes. Every detection of every detector is listed by its
index from 0; for ADWIN the width and the sum of the window at the end as well.
"""
import json
import platform
from importlib.metadata import version

from river import drift


def uniforms(seed, n):
    state = seed
    for _ in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        yield state / 2**32


def errors(seed, parts):
    draws = uniforms(seed, sum(n for n, _ in parts))
    return [int(next(draws) < rate) for n, rate in parts for _ in range(n)]


def levels(seed, parts):
    draws = uniforms(seed, sum(n for n, _ in parts))
    return [level + 0.2 * next(draws) for n, level in parts for _ in range(n)]


def detections(detector, stream):
    found = []
    for i, x in enumerate(stream):
        detector.update(x)
        if detector.drift_detected:
            found.append(i)
    return found


def seen(kind, seed, parts):
    stream = errors(seed, parts) if kind == "errors" else levels(seed, parts)
    adwin = drift.ADWIN()
    golden = {
        "kind": kind, "seed": seed, "parts": parts,
        "adwin": detections(adwin, stream), "adwinWidth": adwin.width, "adwinTotal": adwin.total,
        "adwinLoose": detections(drift.ADWIN(delta=0.1), stream),
        "pageHinkley": detections(drift.PageHinkley(mode="up"), stream),
        "pageHinkleyTight": detections(drift.PageHinkley(mode="up", threshold=10, min_instances=50), stream),
    }
    if kind == "errors":
        golden["ddm"] = detections(drift.binary.DDM(), stream)
    return golden


CASES = [
    ("errors", 1, [[3000, 0.2]]),
    ("errors", 2, [[1000, 0.1], [1000, 0.3]]),
    ("errors", 3, [[1500, 0.15], [700, 0.25], [900, 0.6]]),
    ("errors", 4, [[2000, 0.4], [2000, 0.1]]),
    ("errors", 5, [[500, 0.05], [4000, 0.09]]),
    ("errors", 6, [[40, 0.0], [400, 0.02], [400, 0.5]]),
    ("levels", 7, [[1000, 0.2], [1000, 0.35], [1000, 0.2]]),
    ("levels", 8, [[600, 0.0], [900, 0.8]]),
    ("levels", 9, [[5000, 0.4]]),
]

print(json.dumps({
    "versions": {"python": platform.python_version(), "river": version("river")},
    "cases": [seen(*case) for case in CASES],
}, indent=1))
