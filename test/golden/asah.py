"""The ranks of the aSAH data of the R package pROC 1.18.0 (Debian: r-cran-proc), for its published DeLong tests.

    pip install rdata==1.1.0 pandas
    apt-get download r-cran-proc && dpkg-deb -x r-cran-proc_*.deb proc
    python test/golden/asah.py proc/usr/lib/R/site-library/pROC/data/Rdata > test/golden/asah.json

An AUC and its variance depend on the order of the scores alone, so only midranks are kept, not the patients' values.
The expected numbers are those of pROC's own tests/testthat/test-roc.test.R.
"""

import json
import sys
import warnings
import zlib

import rdata

warnings.filterwarnings("ignore")


def load(blob):
    return rdata.conversion.convert(rdata.parser.parse_data(blob))


base = sys.argv[1]
offset, length = load(open(base + ".rdx", "rb").read())["variables"]["aSAH"]
frame = load(zlib.decompress(open(base + ".rdb", "rb").read()[offset : offset + length][4:]))
print(json.dumps({
    "generatedBy": "test/golden/asah.py",
    "source": "pROC 1.18.0, data(aSAH); expected values from its tests/testthat/test-roc.test.R",
    "labels": [int(outcome == "Poor") for outcome in frame["outcome"]],
    "ranks": {name: frame[name].astype(float).rank().tolist() for name in ["wfns", "s100b", "ndka"]},
    "tests": [
        {"a": "wfns", "b": "s100b", "z": 2.20898359144091, "p": 0.0271757822291882,
         "low": 0.0104061769564846, "high": 0.174214419249478},
        {"a": "wfns", "b": "ndka", "z": 2.79777591868904, "p": 0.00514557970691098,
         "low": 0.0634011709339876, "high": 0.3600405634833566},
        {"a": "ndka", "b": "s100b", "z": -1.39077002573558, "p": 0.164295175223054,
         "low": -0.2876917446341914, "high": 0.0488706064228094},
    ],
}))
