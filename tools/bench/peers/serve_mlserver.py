"""The model in MLServer with adaptive batching, in its main process: its pool of workers was slower with every setting."""
import asyncio
import os

from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse, MetadataTensor
from onnx_scorer import onnx_scorer


class TabTransformer(MLModel):
    async def load(self):
        self.score = onnx_scorer()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        probability = self.score(*(NumpyCodec.decode_input(each) for each in payload.inputs))
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("probability", probability)])


async def serve(port):
    settings = Settings(host="127.0.0.1", http_port=port, grpc_port=port + 1, metrics_port=port + 2, debug=False)
    settings.parallel_workers = 0
    inputs = [
        MetadataTensor(name="categorical", datatype="INT64", shape=[-1, 9]),
        MetadataTensor(name="numerical", datatype="FP32", shape=[-1, 14]),
    ]
    outputs = [MetadataTensor(name="probability", datatype="FP32", shape=[-1, 1])]
    model = ModelSettings(name="tabtransformer", implementation=TabTransformer, inputs=inputs, outputs=outputs)
    model.max_batch_size, model.max_batch_time = 64, 0.001
    await MLServer(settings).start([model])


if __name__ == "__main__":
    asyncio.run(serve(int(os.environ["SERVE_PORT"])))
