"""Writes loans.csv and golden.json: what pandas and scikit-learn make of it.

python make-golden.py  (pandas, scikit-learn, numpy)
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
rng = np.random.default_rng(7)
ROWS = 60

frame = pd.DataFrame(
    {
        "id": [f"r{i}" for i in range(ROWS)],
        "amount": np.round(rng.lognormal(8, 2, ROWS), 2),
        "rate": np.round(rng.normal(0.05, 0.02, ROWS), 5),
        "months": rng.integers(1, 72, ROWS),
        "city": rng.choice(["Köln", "Bonn", "Aachen", "Zürich", "Ürdingen"], ROWS),
        "sex": rng.choice([1, 2], ROWS),
        "opened": pd.Timestamp("1968-02-27") + pd.to_timedelta(rng.integers(0, 25000, ROWS), "D"),
        "bad": rng.integers(0, 2, ROWS),
    }
)
for column, share in {"amount": 0.2, "rate": 0.1, "months": 0.15, "city": 0.1, "opened": 0.1}.items():
    frame[column] = frame[column].astype(object).where(rng.random(ROWS) >= share, None)
text = frame.copy()
text["opened"] = text["opened"].map(lambda day: "" if day is None else day.strftime("%Y-%m-%d"))
text.to_csv(HERE / "loans.csv", index=False)

opened = pd.to_datetime(frame["opened"])
numeric = pd.DataFrame(
    {
        "amount": frame["amount"].astype(float),
        "rate": frame["rate"].astype(float),
        "months": frame["months"].astype(float),
        "opened.year": opened.dt.year,
        "opened.month": opened.dt.month,
        "opened.dayOfMonth": opened.dt.day,
        "opened.dayOfWeek": opened.dt.day_of_week,
    }
)
golden = {"versions": {"pandas": pd.__version__, "scikit-learn": sklearn.__version__}, "numeric": {}, "categorical": {}}
for strategy in ["median", "mean"]:
    fitted = make_pipeline(SimpleImputer(strategy=strategy), StandardScaler())
    encoded = fitted.fit_transform(numeric)
    imputer, scaler = fitted[0], fitted[1]
    golden["numeric"][strategy] = {
        name: {
            "impute": float(imputer.statistics_[i]),
            "mean": float(scaler.mean_[i]),
            "std": float(scaler.scale_[i]),
            "encoded": [float(value) for value in encoded[:, i]],
        }
        for i, name in enumerate(numeric.columns)
    }
for name in ["city", "sex"]:
    category = frame[name].map(lambda value: None if value is None else str(value)).astype("category")
    golden["categorical"][name] = {
        "vocabulary": list(category.cat.categories),
        "codes": [int(code) + 1 for code in category.cat.codes],
    }
(HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
