"""onnxruntime in Python running the same artifact, from records or from arrays that lie ready."""
import base64
import time

import numpy as np
import onnxruntime

from round_server import serve


def open_session(artifact, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(artifact, options, providers=["CPUExecutionProvider"])


class Predictor:
    def prepare(self, artifact, threads):
        content = base64.b64decode(artifact)
        self.sessions = {count: open_session(content, count) for count in threads}
        inputs = next(iter(self.sessions.values())).get_inputs()
        self.inputs = [(each.name, object if each.type == "tensor(string)" else np.float32) for each in inputs]

    def arrays(self, records):
        return {name: np.array([record[name] for record in records], dtype).reshape(-1, 1) for name, dtype in self.inputs}

    def call(self, threads, form, records):
        """A function that predicts once."""
        run = self.sessions[threads].run
        if form == "records":
            return lambda: run(["probability"], self.arrays(records))[0]
        ready = self.arrays(records)
        return lambda: run(["probability"], ready)[0]

    def probabilities(self, form, records):
        return self.call(1, form, records)().ravel().tolist()

    def calls(self, form, records, calls, threads):
        """Milliseconds a call."""
        call = self.call(threads, form, records)
        call()
        started = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - started) * 1000 / calls


predictor = Predictor()
serve(["onnxruntime", "numpy"], {
    "prepare": predictor.prepare, "probabilities": predictor.probabilities, "calls": predictor.calls})
