"""The documented TabTransformer behind FastAPI, one row a request. SERVE_FRAMEWORK: torch or onnxruntime."""
import os

from fastapi import FastAPI
from pydantic import BaseModel


def torch_row_scorer():
    import torch
    from tab_transformer import documented_model

    torch.set_num_threads(1)
    model = documented_model()

    def score(categorical, numerical):
        with torch.no_grad():
            return torch.sigmoid(model(torch.tensor([categorical]), torch.tensor([numerical]))).item()

    return score


def onnx_row_scorer():
    import numpy as np
    from onnx_scorer import onnx_scorer

    scorer = onnx_scorer()
    return lambda codes, numbers: float(scorer(np.array([codes], np.int64), np.array([numbers], np.float32))[0, 0])


scorer = {"torch": torch_row_scorer, "onnxruntime": onnx_row_scorer}[os.environ["SERVE_FRAMEWORK"]]()
app = FastAPI()


class Features(BaseModel):
    categorical_features: list[int]
    numerical_features: list[float]


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/predict")
async def predict(features: Features):
    probability = scorer(features.categorical_features, features.numerical_features)
    return {"prediction": int(probability > 0.5), "probability": probability}
