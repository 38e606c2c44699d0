"""The documented TabTransformer behind FastAPI, one row a request. SERVE_FRAMEWORK: torch or onnxruntime."""
import os
import tempfile

import numpy as np
import torch
import torch.nn as nn
from fastapi import FastAPI
from pydantic import BaseModel

CATEGORIES = [2, 7, 4, 11, 11, 11, 11, 11, 11]
NUMERIC = 14


class TabTransformer(nn.Module):
    def __init__(self, d=32, heads=4, layers=6, feed_forward=64):
        super().__init__()
        self.embeddings = nn.ModuleList([nn.Embedding(count, d) for count in CATEGORIES])
        layer = nn.TransformerEncoderLayer(d, heads, feed_forward, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.norm = nn.LayerNorm(NUMERIC)
        width = len(CATEGORIES) * d + NUMERIC
        self.head = nn.Sequential(nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, categorical, numerical):
        embedded = torch.stack([each(categorical[:, i]) for i, each in enumerate(self.embeddings)], 1)
        return self.head(torch.cat([self.encoder(embedded).flatten(1), self.norm(numerical)], 1))


def torch_scorer(model):
    def score(categorical, numerical):
        with torch.no_grad():
            return torch.sigmoid(model(torch.tensor([categorical]), torch.tensor([numerical]))).item()

    return score


def onnx_scorer(model):
    import onnxruntime

    torch.backends.mha.set_fastpath_enabled(False)
    example = (torch.zeros(2, len(CATEGORIES), dtype=torch.long), torch.zeros(2, NUMERIC))
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        names = {"input_names": ["categorical", "numerical"], "output_names": ["logit"]}
        axes = {name: {0: "rows"} for name in ["categorical", "numerical", "logit"]}
        torch.onnx.export(model, example, file.name, dynamo=False, dynamic_axes=axes, opset_version=17, **names)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])

    def score(categorical, numerical):
        feeds = {"categorical": np.array([categorical], np.int64), "numerical": np.array([numerical], np.float32)}
        return float(1 / (1 + np.exp(-session.run(None, feeds)[0][0, 0])))

    return score


torch.manual_seed(0)
torch.set_num_threads(1)
scorer = {"torch": torch_scorer, "onnxruntime": onnx_scorer}[os.environ["SERVE_FRAMEWORK"]](TabTransformer().eval())
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
