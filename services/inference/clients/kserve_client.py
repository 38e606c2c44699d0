"""Asks a running inference service by KServe's client, over REST (JSON and binary tensors) and gRPC.

python kserve_client.py BASE_URL GRPC_ADDRESS MODEL ROWS.json: compares with the file's probabilities; exit code 1 where
something differs.
"""

import asyncio
import json
import sys

import numpy as np
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig

NUMBERS = ["limit_bal", "age", "approved_on"]
TEXTS = ["sex", "education"]


def request(model, rows, binary):
    inputs = []
    for name in NUMBERS:
        values = np.array([[np.nan if row[name] is None else row[name]] for row in rows], np.float32)
        inputs.append(InferInput(name, list(values.shape), "FP32"))
        inputs[-1].set_data_from_numpy(values, binary_data=binary)
    for name in TEXTS:
        values = np.array([[row[name] or ""] for row in rows], dtype=np.object_)
        inputs.append(InferInput(name, list(values.shape), "BYTES"))
        inputs[-1].set_data_from_numpy(values, binary_data=binary)
    return InferRequest(model, inputs, request_id="r-1")


def check(what, response, expected):
    output = next(output for output in response.outputs if output.name == "probability")
    found = np.array(output.as_numpy() if output._raw_data else output.data, np.float64).flatten()
    assert response.id == "r-1", response.id
    assert np.allclose(found, expected, atol=1e-5), f"{what}: {found} instead of {expected}"
    print(f"{what}: {len(found)} rows agree")


async def main(url, address, model, file):
    with open(file, encoding="utf-8") as given:
        golden = json.load(given)
    rows, expected = golden["rows"], golden["probabilities"]
    whole = [i for i, row in enumerate(rows) if None not in row.values()]
    async with InferenceRESTClient(RESTConfig(protocol="v2")) as rest:
        assert await rest.is_server_live(url)
        assert await rest.is_server_ready(url)
        assert await rest.is_model_ready(url, model)
        assert not await rest.is_model_ready(url, "no-such-model")
        # The client writes NaN as null in JSON, and raw otherwise.
        check("REST, binary", await rest.infer(url, request(model, rows, True), model), expected)
        some = request(model, [rows[i] for i in whole], False)
        check("REST, JSON", await rest.infer(url, some, model), [expected[i] for i in whole])
        try:
            await rest.infer(url, request("no-such-model", rows, True), "no-such-model")
            raise AssertionError("an unknown model was answered")
        except Exception as error:  # noqa: BLE001
            assert "no-such-model" in str(error) and "404" in str(error), error
            print(f"REST, unknown model: {error}")
    async with InferenceGRPCClient(address) as grpc:
        assert await grpc.is_server_live() and await grpc.is_server_ready() and await grpc.is_model_ready(model)
        check("gRPC, raw", await grpc.infer(request(model, rows, True)), expected)
        check("gRPC, typed", await grpc.infer(request(model, rows, False)), expected)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
