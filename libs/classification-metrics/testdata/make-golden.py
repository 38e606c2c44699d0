"""Writes golden.json: labels, probabilities and what scikit-learn says of them.

python make-golden.py  (scikit-learn, numpy)
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics

rng = np.random.default_rng(11)
warnings.simplefilter("ignore")


def case(name, labels, probabilities, threshold):
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, dtype=float)
    predicted = (probabilities >= threshold).astype(int)
    tn, fp, fn, tp = metrics.confusion_matrix(labels, predicted, labels=[0, 1]).ravel()
    both = len(set(labels)) == 2
    precision, recall, _ = metrics.precision_recall_curve(labels, probabilities)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    return {
        "name": name,
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "threshold": threshold,
        "confusion": {"truePositives": int(tp), "falsePositives": int(fp), "trueNegatives": int(tn), "falseNegatives": int(fn)},
        "averaged": {
            averaging: {
                "f1": metrics.f1_score(labels, predicted, average=averaging),
                "precision": metrics.precision_score(labels, predicted, average=averaging),
                "recall": metrics.recall_score(labels, predicted, average=averaging),
            }
            for averaging in ["binary", "macro", "micro", "weighted"]
        },
        "accuracy": metrics.accuracy_score(labels, predicted),
        "rocAuc": metrics.roc_auc_score(labels, probabilities) if both else None,
        "prAuc": metrics.average_precision_score(labels, probabilities) if labels.any() else None,
        "logLoss": metrics.log_loss(labels, probabilities, labels=[0, 1]),
        "brier": metrics.brier_score_loss(labels, probabilities, labels=[0, 1]),
        "bestF1": float(f1.max()) if labels.any() else None,
    }


def scored(rows, share, noise):
    labels = (rng.random(rows) < share).astype(int)
    probabilities = 1 / (1 + np.exp(-(labels * 1.5 - 1 + rng.normal(0, noise, rows))))
    return labels, probabilities


labels, probabilities = scored(900, 0.22, 1.0)
tied_labels, tied = scored(200, 0.4, 1.5)
cases = [
    case("a holdout of 900 rows", labels, probabilities.round(9), 0.4),
    case("many ties", tied_labels, tied.round(1), 0.5),
    case("certain predictions, some wrong", [1, 0, 1, 0, 1], [1, 0, 0, 1, 1], 0.5),
    case("all probabilities equal", [1, 0, 0, 1, 0], [0.3] * 5, 0.3),
    case("nothing predicted positive", [1, 0, 0, 1], [0.1, 0.2, 0.3, 0.1], 0.5),
    case("every label positive", [1, 1, 1, 1], [0.9, 0.2, 0.7, 0.6], 0.5),
    case("every label negative", [0, 0, 0, 0], [0.9, 0.2, 0.7, 0.6], 0.5),
    case("one class in labels and predictions", [0, 0, 0], [0.1, 0.2, 0.3], 0.5),
    case("one row", [1], [0.8], 0.5),
]
golden = {"versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}, "cases": cases}
(Path(__file__).parent / "golden.json").write_text(json.dumps(golden) + "\n")
