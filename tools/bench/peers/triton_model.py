"""Runs in the process of Triton's Python backend, which does not look for packages where its server's Python does."""
import os
import sys

sys.path[:0] = os.environ["SERVE_PACKAGES"].split(os.pathsep)

import numpy as np  # noqa: E402
import triton_python_backend_utils as triton  # noqa: E402
from onnx_scorer import onnx_scorer  # noqa: E402


class TritonPythonModel:
    def initialize(self, args):
        self.score = onnx_scorer()

    def execute(self, requests):
        """All that wait, in one run."""

        def of(name):
            return [triton.get_input_tensor_by_name(request, name).as_numpy() for request in requests]

        rows = of("categorical")
        probabilities = self.score(np.concatenate(rows), np.concatenate(of("numerical")))
        ends = np.cumsum([len(each) for each in rows])[:-1]
        parts = np.split(probabilities, ends)
        return [triton.InferenceResponse(output_tensors=[triton.Tensor("probability", part)]) for part in parts]
