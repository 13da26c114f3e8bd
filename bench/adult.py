"""What bench/adult.ts is held against: the same network, metrics, paired bootstrap and fairness with the usual libraries."""
import sys

import numpy as np
import pandas as pd
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import (accuracy_score, average_precision_score, balanced_accuracy_score, brier_score_loss, f1_score,
                             log_loss, matthews_corrcoef, precision_score, recall_score, roc_auc_score)
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

RESAMPLES = 2000  # as many as refit draws; --quick draws 200 and says so
folder = sys.argv[1]
resamples = 200 if "--quick" in sys.argv else RESAMPLES
train, test = (pd.read_csv(f"{folder}/adult_{part}.csv", na_values="?", skipinitialspace=True) for part in ("train", "test"))
features = [c for c in train if c not in ("fnlwgt", "income")]
numbers = train[features].select_dtypes("number").columns.tolist()
classes = [c for c in features if c not in numbers]
model = make_pipeline(
    make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist")), classes)),
    MLPClassifier((64, 32), batch_size=256, early_stopping=True, n_iter_no_change=4, max_iter=40, random_state=42))
truth_train, truth = ((part.income == ">50K").to_numpy().astype(int) for part in (train, test))
model.fit(train[features], truth_train)
score = model.predict_proba(test[features])[:, 1]
decision = (score >= 0.5).astype(int)
base = np.full(len(truth), truth_train.mean())
on_scores = [roc_auc_score, average_precision_score, log_loss, brier_score_loss]
on_decisions = [accuracy_score, balanced_accuracy_score, precision_score, recall_score, f1_score, matthews_corrcoef]
random = np.random.default_rng(7)
differences = []
for _ in range(resamples):
    rows = random.integers(0, len(truth), len(truth))
    differences.append([m(truth[rows], score[rows]) - m(truth[rows], base[rows]) for m in on_scores]
                       + [m(truth[rows], decision[rows]) for m in on_decisions])
print("auc", roc_auc_score(truth, score), "accuracy", accuracy_score(truth, decision))
print(np.percentile(differences, [2.5, 97.5], axis=0))
print(demographic_parity_difference(truth, decision, sensitive_features=test.sex), equalized_odds_difference(truth, decision, sensitive_features=test.sex))
