"""scikit-learn and numpy doing what evaluate() does: eight metrics with percentile bootstrap intervals."""
import time

import numpy as np
from sklearn import metrics

from round_server import serve


def with_scikit_learn(labels, p, threshold):
    predicted = p >= threshold
    return {
        "f1": metrics.f1_score(labels, predicted),
        "precision": metrics.precision_score(labels, predicted),
        "recall": metrics.recall_score(labels, predicted),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "rocAuc": metrics.roc_auc_score(labels, p),
        "prAuc": metrics.average_precision_score(labels, p),
        "logLoss": metrics.log_loss(labels, p),
        "brier": metrics.brier_score_loss(labels, p),
    }


def resampled_scores(labels, p, threshold, drawn):
    """Of every row of `drawn` at once where numpy can; scikit-learn has the areas, one resample at a time."""
    y, q = labels[drawn], p[drawn]
    predicted = q >= threshold
    hits = (predicted & (y == 1)).sum(1)
    positives, called = y.sum(1), predicted.sum(1)
    losses = -np.where(labels == 1, np.log(p), np.log1p(-p))
    return {
        "f1": 2 * hits / (positives + called),
        "precision": hits / called,
        "recall": hits / positives,
        "accuracy": (predicted == y).mean(1),
        "rocAuc": np.array([metrics.roc_auc_score(a, b) for a, b in zip(y, q)]),
        "prAuc": np.array([metrics.average_precision_score(a, b) for a, b in zip(y, q)]),
        "logLoss": losses[drawn].mean(1),
        "brier": ((q - y) ** 2).mean(1),
    }


class Evaluator:
    def prepare(self, labels, probabilities, threshold, resamples):
        self.labels, self.p = np.array(labels), np.array(probabilities)
        self.threshold, self.resamples = threshold, resamples
        self.random = np.random.default_rng(11)

    def evaluate(self):
        started = time.perf_counter()
        rows = len(self.labels)
        drawn = self.random.integers(0, rows, (self.resamples, rows))
        resampled = resampled_scores(self.labels, self.p, self.threshold, drawn)
        values = with_scikit_learn(self.labels, self.p, self.threshold)
        bounds = {name: np.quantile(scores, [0.025, 0.975]) for name, scores in resampled.items()}
        elapsed = time.perf_counter() - started
        intervals = {name: [float(values[name]), *map(float, bounds[name])] for name in values}
        return {"milliseconds": elapsed * 1000, "values": intervals}


evaluator = Evaluator()
serve(["scikit-learn", "numpy"], {"prepare": evaluator.prepare, "evaluate": evaluator.evaluate})
