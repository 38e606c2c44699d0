"""Asks a running inference service as MLServer documents it: its codecs encode, plain HTTP carries.

python mlserver_client.py BASE_URL MODEL ROWS.json: compares with the file's probabilities; exit code 1 where something
differs.
"""

import json
import sys
import urllib.request

import numpy as np
import pandas as pd
from mlserver.codecs import NumpyCodec, PandasCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse, MetadataModelResponse, RepositoryIndexResponse


def call(url, body=None):
    data = None if body is None else body.encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return response.read()


def main(url, model, file):
    with open(file, encoding="utf-8") as given:
        golden = json.load(given)
    whole = [i for i, row in enumerate(golden["rows"]) if None not in row.values()]
    table = pd.DataFrame([golden["rows"][i] for i in whole])
    expected = [golden["probabilities"][i] for i in whole]
    frame = PandasCodec.encode_request(table)
    tensors = InferenceRequest(
        inputs=[
            StringCodec.encode_input(name, table[name].tolist())
            if table[name].dtype == object
            else NumpyCodec.encode_input(name, table[name].to_numpy().reshape(-1, 1))
            for name in table.columns
        ]
    )
    for what, request in (("a data frame", frame), ("tensors", tensors)):
        answer = call(f"{url}/v2/models/{model}/infer", request.model_dump_json(exclude_none=True))
        response = InferenceResponse.model_validate_json(answer)
        found = NumpyCodec.decode_output(response.outputs[0]).flatten()
        assert np.allclose(found, expected, atol=1e-5), f"{what}: {found} instead of {expected}"
        assert len(StringCodec.decode_output(response.outputs[2])) == len(expected)
        print(f"{what}: {len(found)} rows agree")
    metadata = MetadataModelResponse.model_validate_json(call(f"{url}/v2/models/{model}"))
    index = RepositoryIndexResponse.model_validate_json(call(f"{url}/v2/repository/index", "{}"))
    print(f"metadata of {metadata.name} with {len(metadata.inputs)} inputs, index of {len(index)} models")


if __name__ == "__main__":
    main(*sys.argv[1:])
