"""The model in BentoML with adaptive batching and two workers."""
import bentoml
import numpy as np
from onnx_scorer import onnx_scorer
from pydantic import BaseModel


class Row(BaseModel):
    categorical_features: list[int]
    numerical_features: list[float]


@bentoml.service(workers=2)
class TabTransformer:
    def __init__(self):
        self.score = onnx_scorer()

    @bentoml.api(batchable=True, max_batch_size=64, max_latency_ms=1000)
    def predict(self, rows: list[Row]) -> list[float]:
        categorical = np.array([row.categorical_features for row in rows], np.int64)
        numerical = np.array([row.numerical_features for row in rows], np.float32)
        return self.score(categorical, numerical)[:, 0].tolist()
