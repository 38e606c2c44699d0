"""Reads served models as Python's users do and compares their probabilities with ours.

parity.py FOLDER: every folder in it is an MLflow model beside cases.json {"inputs": {column: values}, "probabilities"}.
Prints the largest difference of each way, as JSON; fails when onnx finds a model invalid.
"""

import json
import sys
from pathlib import Path

import mlflow.onnx
import mlflow.pyfunc
import numpy as np
import onnx
import onnxruntime


def column(values):
    dtype = object if any(isinstance(value, str) for value in values) else np.float32
    return np.array([[np.nan if value is None else value] for value in values], dtype=dtype)


def differences(folder):
    cases = json.loads((folder / "cases.json").read_text())
    inputs = {name: column(values) for name, values in cases["inputs"].items()}
    expected = np.array(cases["probabilities"])
    file = str(folder / "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    (by_runtime,) = session.run(["probability"], inputs)
    assert isinstance(mlflow.onnx.load_model(str(folder)), onnx.ModelProto)
    texts = {name: values.astype(str) if values.dtype == object else values for name, values in inputs.items()}
    by_pyfunc = mlflow.pyfunc.load_model(str(folder)).predict(texts)["probability"]
    return {
        way: float(np.max(np.abs(np.asarray(found).reshape(-1) - expected)))
        for way, found in (("onnxruntime", by_runtime), ("mlflow.pyfunc", by_pyfunc))
    }


folders = sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir())
print(json.dumps({folder.name: differences(folder) for folder in folders}))
