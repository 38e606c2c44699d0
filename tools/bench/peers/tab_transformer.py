"""The documented TabTransformer with weights of a fixed seed. `python tab_transformer.py FILE` writes it as ONNX."""
import sys

import torch
import torch.nn as nn

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


def documented_model():
    torch.manual_seed(0)
    return TabTransformer().eval()


def export(file):
    torch.backends.mha.set_fastpath_enabled(False)
    example = (torch.zeros(2, len(CATEGORIES), dtype=torch.long), torch.zeros(2, NUMERIC))
    names = {"input_names": ["categorical", "numerical"], "output_names": ["logit"]}
    axes = {name: {0: "rows"} for name in ["categorical", "numerical", "logit"]}
    torch.onnx.export(documented_model(), example, file, dynamo=False, dynamic_axes=axes, opset_version=17, **names)


if __name__ == "__main__":
    export(sys.argv[1])
