"""Writes requests.json: inference requests of every datatype as Triton's Python client puts them on the wire.

Run with the packages tritonclient[http]==2.73.0 and numpy==2.4.6 installed: python make_requests.py
"""

import base64
import json
import pathlib

import numpy as np
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput

HERE = pathlib.Path(__file__).parent
ARRAYS = {
    "BOOL": np.array([[True], [False], [True]]),
    "UINT8": np.array([[0], [7], [255]], np.uint8),
    "UINT16": np.array([[0], [7], [65535]], np.uint16),
    "UINT32": np.array([[0], [7], [4294967295]], np.uint32),
    "UINT64": np.array([[0], [7], [18446744073709551615]], np.uint64),
    "INT8": np.array([[-128], [0], [127]], np.int8),
    "INT16": np.array([[-32768], [0], [32767]], np.int16),
    "INT32": np.array([[-2147483648], [0], [2147483647]], np.int32),
    "INT64": np.array([[-9223372036854775808], [0], [9007199254740993]], np.int64),
    "FP16": np.array([[-1.5], [6.103515625e-05], [65504.0], [5.960464477539063e-08], [0.333251953125]], np.float16),
    "FP32": np.array([[-1.5], [0.1], [3.4028234663852886e38]], np.float32),
    "FP64": np.array([[-1.5], [0.1], [1.7976931348623157e308]], np.float64),
    "BYTES": np.array([["male"], [""], ["zwölf 十二"]], np.object_),
}
# What JSON holds exactly, and what the client sends as JSON at all.
IN_JSON = [name for name in ARRAYS if name not in ("UINT64", "INT64", "FP16")]


def expected(array):
    """64-bit integers as text: JSON readers differ beyond 2^53."""
    exact = array.dtype in (np.int64, np.uint64)
    return [str(value) if exact else value for value in array.flatten().tolist()]


def request(datatypes, binary):
    inputs = []
    for name in datatypes:
        tensor = InferInput(name.lower(), ARRAYS[name].shape, name)
        inputs.append(tensor.set_data_from_numpy(ARRAYS[name], binary_data=binary))
    outputs = [InferRequestedOutput("probability", binary_data=True), InferRequestedOutput("prediction", binary_data=False)]
    body, length = InferenceServerClient.generate_request_body(
        inputs, outputs=outputs, request_id="r-1", parameters={"custom": "yes"}
    )
    return {
        "body": base64.b64encode(body).decode(),
        "headerLength": None if length is None else str(length),
        "inputs": [
            {"name": n.lower(), "datatype": n, "shape": list(ARRAYS[n].shape), "values": expected(ARRAYS[n])}
            for n in datatypes
        ],
    }


if __name__ == "__main__":
    requests = {"binary": request(list(ARRAYS), True), "json": request(IN_JSON, False)}
    (HERE / "requests.json").write_text(json.dumps(requests, indent=2, ensure_ascii=False) + "\n")
