"""The model of SERVE_MODEL in ONNX Runtime on one thread, as every peer runs it."""
import os

import numpy as np
import onnxruntime


def onnx_scorer():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.environ["SERVE_MODEL"], options, providers=["CPUExecutionProvider"])

    def score(categorical, numerical):
        """Codes int64 [rows, 9] and numbers float32 [rows, 14] to probabilities float32 [rows, 1]."""
        return 1 / (1 + np.exp(-session.run(None, {"categorical": categorical, "numerical": numerical})[0]))

    return score
