"""What is used elsewhere, on one fold of src/quality: quality.py FOLD.json CONTENDER SEED ANSWER.json

The fold holds encoded rows: codes of categories (0: unknown) and scaled numbers. The answer is
{"validation", "test": probabilities of the positive class, "seconds": of training}.
"""

import json
import sys
import time

import numpy as np


def read(file):
    with open(file) as text:
        fold = json.load(text)
    for name in ("train", "validation", "test"):
        part = fold[name]
        part["categorical"] = np.array(part["categorical"], dtype=np.int64).reshape(part["rows"], -1)
        part["numeric"] = np.array(part["numeric"], dtype=np.float32).reshape(part["rows"], -1)
        part["labels"] = np.array(part["labels"])
    return fold


def logistic_regression(fold, seed):
    from sklearn.linear_model import LogisticRegression

    def matrix(part):
        one_hot = [np.eye(size)[codes] for size, codes in zip(fold["cardinalities"], part["categorical"].T)]
        return np.hstack([*one_hot, part["numeric"]])

    model = LogisticRegression(max_iter=2000, class_weight="balanced")
    model.fit(matrix(fold["train"]), fold["train"]["labels"])
    return lambda part: model.predict_proba(matrix(part))[:, 1]


def lightgbm(parameters, rounds, patience):
    def train(fold, seed):
        import lightgbm as lgb

        def dataset(part, reference=None):
            rows = np.hstack([part["categorical"], part["numeric"]])
            names = list(range(len(fold["cardinalities"])))
            return lgb.Dataset(rows, part["labels"], categorical_feature=names, reference=reference, free_raw_data=False)

        rows = dataset(fold["train"])
        booster = lgb.train(
            {"objective": "binary", "verbosity": -1, "seed": seed, "num_threads": 1, **parameters},
            rows,
            rounds,
            valid_sets=[dataset(fold["validation"], rows)],
            callbacks=[lgb.early_stopping(patience, verbose=False)],
        )
        return lambda part: booster.predict(np.hstack([part["categorical"], part["numeric"]]))

    return train


def tab_transformer(fold, seed):
    """torch.nn's encoder as documented: 10 epochs, batch 32, Adam, 3e-4, balanced classes."""
    import torch
    import torch.nn as nn

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    d, numbers, sizes = 32, fold["numeric"], fold["cardinalities"]

    class TabTransformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embeddings = nn.Embedding(sum(sizes), d)
            self.register_buffer("starts", torch.tensor([0] + sizes[:-1]).cumsum(0))
            layer = nn.TransformerEncoderLayer(d, 4, 64, 0.3, batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 6, enable_nested_tensor=False)
            self.norm = nn.LayerNorm(numbers)
            self.head = nn.Sequential(
                nn.Linear(len(sizes) * d + numbers, 128), nn.ReLU(), nn.Dropout(0.3),
                nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 2))

        def forward(self, categorical, numeric):
            tokens = self.encoder(self.embeddings(categorical + self.starts)).flatten(1)
            return self.head(torch.cat([tokens, self.norm(numeric)], 1))

    categorical, numeric, labels = (torch.from_numpy(fold["train"][name]) for name in ("categorical", "numeric", "labels"))
    model = TabTransformer().train()
    optimizer = torch.optim.Adam(model.parameters(), 3e-4, fused=True)
    loss = nn.CrossEntropyLoss(weight=len(labels) / (2 * torch.bincount(labels, minlength=2).float()))
    for _ in range(10):
        for batch in torch.randperm(len(labels)).split(32):
            optimizer.zero_grad()
            loss(model(categorical[batch], numeric[batch]), labels[batch]).backward()
            optimizer.step()
    model.eval()

    def predict(part):
        with torch.no_grad():
            logits = model(torch.from_numpy(part["categorical"]), torch.from_numpy(part["numeric"]))
        return logits.softmax(1)[:, 1].numpy()

    return predict


SLOW = {
    "learning_rate": 0.03, "num_leaves": 15, "min_data_in_leaf": 50, "feature_fraction": 0.6,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5,
}
CONTENDERS = {
    "scikit-learn logistic regression": logistic_regression,
    "LightGBM, its own standard parameters": lightgbm({}, 2000, 20),
    "LightGBM, slow small trees": lightgbm(SLOW, 2000, 100),
    "PyTorch tab-transformer": tab_transformer,
}


def main(file, contender, seed, answer):
    fold = read(file)
    started = time.perf_counter()
    predict = CONTENDERS[contender](fold, int(seed))
    seconds = time.perf_counter() - started
    found = {name: np.asarray(predict(fold[name]), dtype=float).tolist() for name in ("validation", "test")}
    with open(answer, "w") as text:
        json.dump({**found, "seconds": seconds}, text)


main(*sys.argv[1:])
