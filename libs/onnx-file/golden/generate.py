"""Writes the submitted classifiers of the tests, and what onnxruntime in Python says of them (golden.json).

Run with scikit-learn, skl2onnx, lightgbm, xgboost, onnxmltools, onnxruntime and torch (with onnxscript) installed:
python generate.py [NAME ...]; with names only these files are written anew.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import torch
from lightgbm import LGBMClassifier
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as TreeFloats
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
REGIONS = ["north", "south", "east", "west"]
NUMBERS = ["amount", "age", "gender"]


def people(rows, seed):
    random = np.random.default_rng(seed)
    amount = random.gamma(2.0, 1500.0, rows).astype(np.float32).round(2)
    table = pd.DataFrame({
        "amount": np.where(random.random(rows) < 0.1, np.nan, amount).astype(np.float32),
        "age": random.integers(18, 80, rows),
        "gender": random.integers(1, 3, rows).astype(str),
        "region": random.choice(REGIONS, rows),
    })
    score = 0.0004 * np.nan_to_num(table["amount"], nan=3000) - 0.04 * table["age"] + (table["gender"] == "2")
    score += table["region"].map({"north": 0.8, "south": -0.6, "east": 0.1, "west": 0.0})
    return table, (random.random(rows) < 1 / (1 + np.exp(-score))).astype(np.int64)


def matrix(table):
    return np.column_stack([table[name].astype(np.float32) for name in NUMBERS]).astype(np.float32)


def sklearn_columns(table, labels):
    """Raw strings and numbers, one input for each column; probabilities as a tensor."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    regions = OneHotEncoder(handle_unknown="ignore")
    encoder = ColumnTransformer([("numbers", numbers, ["amount", "age"]), ("regions", regions, ["region"])])
    model = make_pipeline(encoder, LogisticRegression()).fit(table[["amount", "age", "region"]], labels)
    types = [(name, FloatTensorType([None, 1])) for name in ["amount", "age"]]
    types.append(("region", StringTensorType([None, 1])))
    return to_onnx(model, initial_types=types, target_opset={"": 17, "ai.onnx.ml": 3}, options={"zipmap": False})


def sklearn_forest(table, labels):
    """A float matrix; the probabilities as a sequence of maps (ZipMap), with text classes."""
    names = np.where(labels == 1, "bad", "good")
    model = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=1)
    model = make_pipeline(SimpleImputer(), model).fit(matrix(table), names)
    return to_onnx(model, initial_types=[("X", FloatTensorType([None, 3]))], target_opset={"": 17, "ai.onnx.ml": 3})


def lightgbm_trees(table, labels):
    """A float matrix with missing values; onnxmltools, which writes a ZipMap."""
    model = LGBMClassifier(n_estimators=8, num_leaves=5, min_child_samples=5, verbose=-1).fit(matrix(table), labels)
    return convert_lightgbm(model, initial_types=[("input", TreeFloats([None, 3]))], target_opset=15)


def xgboost_trees(table, labels):
    """A float matrix with missing values; onnxmltools, which writes a tensor, and no opset of ai.onnx."""
    model = XGBClassifier(n_estimators=8, max_depth=3, scale_pos_weight=2.0, n_jobs=1).fit(matrix(table), labels)
    return convert_xgboost(model, initial_types=[("input", TreeFloats([None, 3]))], target_opset=15)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))

    def forward(self, features):
        scale = torch.tensor([3000.0, 50.0, 1.5])
        return self.layers(torch.nan_to_num(features, nan=3000.0) / scale)


def torch_logits(table, labels):
    """A float matrix; two logits."""
    torch.manual_seed(1)
    network = Network()
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)
    features, classes = torch.from_numpy(matrix(table)), torch.from_numpy(np.asarray(labels))
    for _ in range(200):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(features), classes).backward()
        optimiser.step()
    file = HERE / "torch.onnx"
    batch = {0: torch.export.Dim("batch")}
    program = torch.onnx.export(network.eval(), (features[:4],), input_names=["features"], output_names=["logits"],
                                dynamic_shapes={"features": batch}, dynamo=True, external_data=False, verbose=False)
    program.save(str(file), external_data=False)
    content = file.read_bytes()
    return content


def branches():
    """Written by hand: a graph within a graph that takes a value from outside; one probability, NaN for no amount."""
    floats, pair = onnx.TensorProto.FLOAT, ["batch", 1]
    value = onnx.helper.make_tensor_value_info
    node = onnx.helper.make_node

    def branch(name, op):
        return onnx.helper.make_graph([node(op, ["scaled"], [name])], name, [], [value(name, floats, pair)])

    nodes = [
        node("Div", ["amount", "scale"], ["scaled"]),
        node("If", ["always"], ["probability"], then_branch=branch("yes", "Sigmoid"), else_branch=branch("no", "Neg")),
    ]
    constants = [onnx.numpy_helper.from_array(np.float32(3000), "scale"),
                 onnx.numpy_helper.from_array(np.bool_(True), "always")]
    graph = onnx.helper.make_graph(nodes, "branches", [value("amount", floats, pair)],
                                   [value("probability", floats, pair)], constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


def feeds(session, table):
    if [each.name for each in session.get_inputs()] == ["amount", "age", "region"]:
        numbers = {name: table[[name]].to_numpy(np.float32) for name in ["amount", "age"]}
        return {**numbers, "region": table[["region"]].to_numpy(object)}
    return {session.get_inputs()[0].name: matrix(table)}


def positive(answer):
    if isinstance(answer, list):
        return [row.get("bad", row.get(1)) for row in answer]
    return answer[:, 1].tolist()


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def main():
    table, labels = people(600, 7)
    rows, _ = people(64, 8)
    makers = {"sklearn-columns": sklearn_columns, "sklearn-forest": sklearn_forest, "lightgbm": lightgbm_trees,
              "xgboost": xgboost_trees, "torch": torch_logits}
    wanted = sys.argv[1:] or list(makers)
    file = HERE / "golden.json"
    golden = json.loads(file.read_text())["probabilities"] if len(sys.argv) > 1 else {}
    for name, make in [(name, makers[name]) for name in wanted]:
        made = make(table, labels)
        content = made if isinstance(made, bytes) else made.SerializeToString()
        (HERE / f"{name}.onnx").write_bytes(content)
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        answer = session.run(None, feeds(session, rows))[-1]
        golden[name] = [float(value) for value in positive(softmax(answer) if name == "torch" else answer)]
    (HERE / "branches.onnx").write_bytes(branches().SerializeToString())
    records = [{key: None if value != value else value for key, value in row.items()}
               for row in rows.to_dict(orient="records")]
    file.write_text(json.dumps({"rows": records, "probabilities": golden}) + "\n")


if __name__ == "__main__":
    main()
