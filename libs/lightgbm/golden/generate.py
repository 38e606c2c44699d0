"""Writes model.txt and predictions.json beside itself: a small LightGBM model and what LightGBM predicts with it.

Run with the pinned packages:  pip install lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1 && python generate.py

Two categorical features (one with more categories than a 32-bit word of a bitset holds, one that splits one against
the rest) and three numeric ones, of which one has missing values.
"""

import json
from pathlib import Path

import lightgbm
import numpy as np

here = Path(__file__).parent
CARDINALITIES = [71, 4]
ROWS, KEPT = 3000, 200


def table(rng, rows):
    codes = np.stack([rng.integers(0, n, rows) for n in CARDINALITIES], axis=1).astype(np.float32)
    numbers = rng.normal(size=(rows, 3)).astype(np.float32)
    numbers[rng.random(rows) < 0.2, 1] = np.nan
    return np.concatenate([codes, numbers], axis=1)


def labels(rng, x):
    taste = np.where((x[:, 0] * 37) % 11 > 5, 1.0, -1.0) + np.where(x[:, 1] == 2, 1.5, 0.0)
    score = taste + x[:, 2] * 1.3 + np.where(np.isnan(x[:, 3]), 0.8, x[:, 3]) - np.abs(x[:, 4])
    return (score + rng.logistic(size=len(x)) * 0.5 > 0).astype(np.int32)


rng = np.random.default_rng(20)
x = table(rng, ROWS)
y = labels(rng, x)
parameters = {
    "objective": "binary",
    "sigmoid": 0.7,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "learning_rate": 0.15,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
data = lightgbm.Dataset(x, y, categorical_feature=[0, 1], feature_name=["city", "colour", "u", "v", "w"])
booster = lightgbm.train(parameters, data, num_boost_round=25)
(here / "model.txt").write_text(booster.model_to_string())

seen = table(rng, KEPT)
seen[:71, 0] = np.arange(71)  # every code occurs
predictions = {
    "rows": [[None if np.isnan(v) else float(v) for v in row] for row in seen],
    "raw": booster.predict(seen, raw_score=True).tolist(),
    "probability": booster.predict(seen).tolist(),
}
(here / "predictions.json").write_text(json.dumps(predictions, separators=(",", ":")) + "\n")
