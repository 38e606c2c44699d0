"""Reads the registry with MLflow's own client; prints what it found as JSON.

mlflow_client.py REGISTRY_URL MODEL
"""

import hashlib
import json
import os
import sys
import tempfile

from mlflow import MlflowClient, artifacts
from mlflow.exceptions import MlflowException

uri, model = sys.argv[1:3]
client = MlflowClient(tracking_uri=uri, registry_uri=uri)
os.environ["MLFLOW_TRACKING_URI"] = uri


def version_of(found):
    return {
        "version": found.version,
        "stage": found.current_stage,
        "status": found.status,
        "source": found.source,
        "run_id": found.run_id,
        "aliases": list(found.aliases),
        "tags": found.tags,
        "created": found.creation_timestamp,
    }


def refusal(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except MlflowException as error:
        return {"code": error.error_code, "message": error.message}
    return None


def digests(path):
    if os.path.isfile(path):
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    return {name: digests(os.path.join(path, name)) for name in sorted(os.listdir(path))}


run = client.get_run(client.get_model_version_by_alias(model, "production").run_id)
registered = client.get_registered_model(model)
serving = client.get_model_version_by_alias(model, "production")
paged, token = [], None
while True:
    page = client.search_model_versions(f"name='{model}'", max_results=1, page_token=token)
    paged += [each.version for each in page]
    token = page.token
    if not token:
        break

with tempfile.TemporaryDirectory() as folder:
    whole = artifacts.download_artifacts(artifact_uri=f"models:/{model}@production", dst_path=folder)
    directory = digests(whole)
singles = []
for named in ["@production", "/Production", f"/{serving.version}", f"/{serving.version.replace('_', '')}"]:
    with tempfile.TemporaryDirectory() as folder:
        uri_of_file = f"models:/{model}{named}/model.onnx"
        singles.append(digests(artifacts.download_artifacts(artifact_uri=uri_of_file, dst_path=folder)))

print(
    json.dumps(
        {
            "registered": {
                "name": registered.name,
                "aliases": registered.aliases,
                "latest": sorted(each.version for each in registered.latest_versions),
            },
            "run": {
                "id": run.info.run_id,
                "status": run.info.status,
                "f1": run.data.metrics["f1"],
                "params": run.data.params,
                "cycle": run.data.tags["perennial.cycle"],
                "artifacts": sorted(each.path for each in client.list_artifacts(run.info.run_id)),
            },
            "alias": version_of(serving),
            "version": version_of(client.get_model_version(model, serving.version)),
            "download_uri": client.get_model_version_download_uri(model, serving.version),
            "models": [each.name for each in client.search_registered_models()],
            "named": [each.name for each in client.search_registered_models(f"name='{model}'")],
            "none": [each.name for each in client.search_registered_models("name='no-such-model'")],
            "versions": [each.version for each in client.search_model_versions()],
            "paged": paged,
            "directory": directory,
            "singles": singles,
            "unknown_model": refusal(client.get_registered_model, "no-such-model"),
            "unknown_version": refusal(client.get_model_version, model, "none"),
            "unknown_alias": refusal(client.get_model_version_by_alias, model, "champion"),
            "unknown_run": refusal(client.get_run, "no-such-run"),
            "other_filter": refusal(client.search_model_versions, "run_id='r'"),
        }
    )
)
