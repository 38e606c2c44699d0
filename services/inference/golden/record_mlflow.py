"""Writes what a real MLflow server answers about three registered models (mlflow.json), and what scikit-learn says of rows.

Run with mlflow, scikit-learn, skl2onnx, onnx and onnxruntime installed: python record_mlflow.py
Starts a server of its own on a free port, in a folder that it deletes.
"""

import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent
ROWS = [[12000.0, 31.0, 1.0], [900.0, 64.0, 0.0], [150000.0, 45.0, 3.0], [0.0, 18.0, 0.0]]
COLUMNS = ["limit_bal", "age", "late"]


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def start(folder, port):
    store = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts"]
    command = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1", *store]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(900):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health")
            return server
        except OSError:
            time.sleep(1)
    raise RuntimeError("the server does not answer")


def matrix_model():
    """A float matrix of named columns; the probabilities as a sequence of maps."""
    import numpy as np
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    random = np.random.default_rng(3)
    rows = np.column_stack([random.gamma(2, 30000, 400), random.integers(18, 80, 400), random.integers(0, 4, 400)])
    rows = rows.astype(np.float32)
    labels = (random.random(400) < 1 / (1 + np.exp(1 - rows[:, 2] + rows[:, 0] / 90000))).astype(np.int64)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, labels)
    file = to_onnx(model, rows[:1], target_opset={"": 17, "ai.onnx.ml": 3})
    return model, file, model.predict_proba(np.array(ROWS, dtype=np.float32))[:, 1]


def wide_model():
    """Weights large enough that MLflow writes them to a file beside the model."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(5)
    scale = np.array([1e-5, 1e-2, 0.3], dtype=np.float32).reshape(3, 1)
    hidden = (random.normal(size=(3, 512)) * scale).astype(np.float32)
    output = (random.normal(size=(512, 1)) / 16).astype(np.float32)
    nodes = [
        helper.make_node("MatMul", ["rows", "hidden"], ["h"]),
        helper.make_node("Tanh", ["h"], ["t"]),
        helper.make_node("MatMul", ["t", "output"], ["z"]),
        helper.make_node("Sigmoid", ["z"], ["score"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "wide",
        [value("rows", TensorProto.FLOAT, ["batch", 3])],
        [value("score", TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(hidden, "hidden"), numpy_helper.from_array(output, "output")],
    )
    file = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    scores = 1 / (1 + np.exp(-np.tanh(np.array(ROWS, dtype=np.float32) @ hidden) @ output))
    return file, scores[:, 0]


def register(url):
    import mlflow
    import pandas as pd
    from mlflow.models import infer_signature

    mlflow.set_tracking_uri(url)
    client = mlflow.MlflowClient()
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    fitted, matrix, matrix_scores = matrix_model()
    wide, wide_scores = wide_model()
    signature = infer_signature(frame, matrix_scores)
    with mlflow.start_run():
        mlflow.onnx.log_model(matrix, name="matrix", signature=signature, registered_model_name="credit-risk")
        mlflow.onnx.log_model(wide, name="wide", signature=signature, registered_model_name="credit-risk")
        mlflow.sklearn.log_model(fitted, name="fitted", signature=signature, registered_model_name="credit-pickle")
    client.transition_model_version_stage("credit-risk", "1", "Production")
    client.set_registered_model_alias("credit-risk", "champion", "2")
    return {"1": matrix_scores, "2": wide_scores}


class Recorder:
    def __init__(self, url):
        self.url = url
        self.answers = []

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"content-type": "application/json"}
        try:
            response = urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers))
        except urllib.error.HTTPError as error:
            response = error
        content = response.read()
        answer = {"method": "GET" if body is None else "POST", "path": path, "body": body, "status": response.status}
        self.answers.append({**answer, "content": base64.b64encode(content).decode()})
        return content

    def files(self, path, relative=""):
        listing = json.loads(self.ask(f"/api/2.0/mlflow-artifacts/artifacts?path={path}{relative}"))
        for entry in listing.get("files", []):
            if entry["is_dir"]:
                self.files(path, f"{relative}/{entry['path']}")
            elif not entry["path"].endswith((".pkl", ".skops", ".yaml", ".txt")):
                self.ask(f"/api/2.0/mlflow-artifacts/artifacts/{path}{relative}/{entry['path']}")


def record(url):
    api = "/api/2.0/mlflow/"
    recorder = Recorder(url)
    for stage in ["Production", "Staging"]:
        recorder.ask(f"{api}registered-models/get-latest-versions", {"name": "credit-risk", "stages": [stage]})
    for name, alias in [("credit-risk", "champion"), ("credit-risk", "nobody"), ("nothing", "champion")]:
        recorder.ask(f"{api}registered-models/alias?name={name}&alias={alias}")
    for name, version in [("credit-risk", 1), ("credit-risk", 2), ("credit-pickle", 1), ("credit-risk", 7)]:
        recorder.ask(f"{api}model-versions/get?name={name}&version={version}")
        uri = json.loads(recorder.ask(f"{api}model-versions/get-download-uri?name={name}&version={version}"))
        if "artifact_uri" in uri:
            recorder.files(uri["artifact_uri"].removeprefix("mlflow-artifacts:/"))
    return recorder.answers


def main():
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = start(folder, port)
        try:
            url = f"http://127.0.0.1:{port}"
            scores = register(url)
            answers = record(url)
        finally:
            os.killpg(server.pid, 15)
            server.wait()
    golden = {
        "columns": COLUMNS,
        "rows": ROWS,
        "probabilities": {version: [float(score) for score in found] for version, found in scores.items()},
        "answers": answers,
    }
    (HERE / "mlflow.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
