"""Asks a running inference service all that Triton's client can ask, over HTTP and gRPC.

python triton_client.py HTTP_ADDRESS GRPC_ADDRESS MODEL ROWS.json: what came back is one JSON object on standard output.
"""

import json
import queue
import sys

import numpy as np
import tritonclient.grpc as over_grpc
import tritonclient.http as over_http
from tritonclient.utils import InferenceServerException

NUMBERS = ["limit_bal", "age", "approved_on"]
TEXTS = ["sex", "education"]


def inputs_of(client, rows, datatype="FP32", **how):
    shape = [len(rows), 1]
    tensors = []
    for name in NUMBERS:
        values = np.array([[np.nan if row[name] is None else row[name]] for row in rows])
        kind = {"FP16": np.float16, "FP32": np.float32, "FP64": np.float64}[datatype]
        tensors.append(client.InferInput(name, shape, datatype).set_data_from_numpy(values.astype(kind), **how))
    for name in TEXTS:
        values = np.array([[row[name] or ""] for row in rows], dtype=np.object_)
        tensors.append(client.InferInput(name, shape, "BYTES").set_data_from_numpy(values, **how))
    return tensors


def answered(result):
    return {
        "probability": [float(value) for value in result.as_numpy("probability")[:, 0]],
        "prediction": [int(value) for value in result.as_numpy("prediction")[:, 0]],
        "ids": len({bytes(value) for value in result.as_numpy("prediction_id")[:, 0]}),
    }


def failure(call):
    try:
        call()
    except InferenceServerException as error:
        return {"status": str(error.status()), "message": error.message()}
    return None


def common(module, client, model, rows, as_json):
    """What both transports have, under the same names."""
    version = (as_json(client.get_model_metadata(model))["versions"])[0]
    wrong = module.InferInput("age", [1, 1], "BYTES").set_data_from_numpy(np.array([["old"]], dtype=np.object_))
    index = as_json(client.get_model_repository_index())
    found = {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "modelReady": client.is_model_ready(model),
        "versionReady": client.is_model_ready(model, version),
        "otherReady": failure(lambda: client.is_model_ready(model, "none")) is None
        and client.is_model_ready(model, "none"),
        "server": as_json(client.get_server_metadata()),
        "metadata": as_json(client.get_model_metadata(model, version)),
        "config": as_json(client.get_model_config(model)),
        "index": index["models"] if isinstance(index, dict) else index,
        "all": answered(client.infer(model, inputs_of(module, rows), request_id="r-1")),
        "versioned": answered(client.infer(model, inputs_of(module, rows, "FP64"), model_version=version)),
        "id": as_json(client.infer(model, inputs_of(module, rows), request_id="r-1").get_response())["id"],
        "statistics": as_json(client.get_inference_statistics(model)),
        "unknownModel": failure(lambda: client.infer("no-such-model", inputs_of(module, rows))),
        "unknownVersion": failure(lambda: client.infer(model, inputs_of(module, rows), model_version="none")),
        "wrongDatatype": failure(lambda: client.infer(model, [wrong])),
    }
    client.unload_model(model)
    found["unloaded"] = client.is_model_ready(model)
    client.load_model(model)
    found["loaded"] = client.is_model_ready(model)
    return found


def http(address, model, rows):
    client = over_http.InferenceServerClient(address, network_timeout=120)
    found = common(over_http, client, model, rows, lambda value: value)
    typed = inputs_of(over_http, [row for row in rows if None not in row.values()], binary_data=False)
    asked = [over_http.InferRequestedOutput("probability", binary_data=False)]
    found["json"] = [float(v) for v in client.infer(model, typed, outputs=asked).as_numpy("probability")[:, 0]]
    for encoding in ("gzip", "deflate"):
        inputs = inputs_of(over_http, rows)
        found[encoding] = answered(client.infer(model, inputs, request_compression_algorithm=encoding))
    client.close()
    return found


def streamed(client, model, rows):
    """The second of three requests fails, and the others are answered all the same."""
    results = queue.Queue()
    client.start_stream(lambda result, error: results.put(str(error) if error else answered(result)))
    for name in (model, "no-such-model", model):
        client.async_stream_infer(name, inputs_of(over_grpc, rows))
    found = [results.get(timeout=120) for _ in range(3)]
    client.stop_stream()
    return found


def reflected(address):
    import grpc
    from google.protobuf.descriptor_pool import DescriptorPool
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    with grpc.insecure_channel(address) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        service = DescriptorPool(database).FindServiceByName("inference.GRPCInferenceService")
        return {"services": sorted(database.get_services()), "methods": sorted(m.name for m in service.methods)}


def grpc(address, model, rows):
    client = over_grpc.InferenceServerClient(address)
    from google.protobuf.json_format import MessageToDict

    as_json = lambda message: MessageToDict(message, preserving_proto_field_name=True)  # noqa: E731
    found = common(over_grpc, client, model, rows, as_json)
    found["stream"] = streamed(client, model, rows)
    client.close()
    found["reflection"] = reflected(address)
    return found


if __name__ == "__main__":
    http_address, grpc_address, model_name, file = sys.argv[1:]
    with open(file, encoding="utf-8") as given:
        table = json.load(given)["rows"]
    print(json.dumps({"http": http(http_address, model_name, table), "grpc": grpc(grpc_address, model_name, table)}))
