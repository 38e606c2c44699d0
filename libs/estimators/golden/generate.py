"""Golden calibrations: python generate.py > calibration.json  (numpy, scikit-learn 1.9)."""

import json

import numpy as np
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

random = np.random.default_rng(7)
rows = 300
probabilities = np.round(random.beta(1.2, 2.5, rows), 2).astype(np.float32)  # rounded: many rows are equal
labels = (random.random(rows) < probabilities**1.7 * 0.8 + 0.05).astype(int)
asked = np.concatenate([np.linspace(0, 1, 41), random.random(40)]).astype(np.float32)

p = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
logit = np.log(p) - np.log(1 - p)
platt = _SigmoidCalibration().fit(logit, labels)
isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(probabilities.astype(np.float64), labels)
print(
    json.dumps(
        {
            "probabilities": probabilities.astype(float).tolist(),
            "labels": labels.tolist(),
            "asked": asked.astype(float).tolist(),
            # P = 1 / (1 + exp(a f + b))
            "sigmoid": {"slope": -platt.a_, "intercept": -platt.b_},
            "isotonic": {
                "x": isotonic.X_thresholds_.tolist(),
                "y": isotonic.y_thresholds_.tolist(),
                "predicted": isotonic.predict(asked.astype(np.float64)).tolist(),
            },
        }
    )
)
