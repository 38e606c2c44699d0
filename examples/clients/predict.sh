#!/usr/bin/env bash
# Asks a service for predictions with curl: ./predict.sh [URL [MODEL]]
set -euo pipefail
url=${1:-http://127.0.0.1:8080}
model=${2:-credit-default}

# One row: features in the order that GET /model-info tells.
curl --silent --show-error --fail-with-body "$url/predict/$model" \
  --header 'content-type: application/json' \
  --data '{"categorical_features": ["2", "2"], "numerical_features": [20000, 24, "2021-01-01"]}'
echo

# Many rows, by the names of their columns; null is a missing value.
curl --silent --show-error --fail-with-body "$url/predict/$model" \
  --header 'content-type: application/json' \
  --data '{"instances": [
    {"limit_bal": 20000, "age": 24, "approved_on": "2021-01-01", "sex": "2", "education": "2"},
    {"limit_bal": null, "age": 57, "approved_on": null, "sex": "1", "education": null}]}'
echo

# The same over the Open Inference Protocol.
curl --silent --show-error --fail-with-body "$url/v2/models/$model/infer" \
  --data '{"inputs": [
    {"name": "limit_bal", "datatype": "FP32", "shape": [1, 1], "data": [20000]},
    {"name": "age", "datatype": "INT32", "shape": [1, 1], "data": [24]},
    {"name": "approved_on", "datatype": "BYTES", "shape": [1, 1], "data": ["2021-01-01"]},
    {"name": "sex", "datatype": "BYTES", "shape": [1, 1], "data": ["2"]},
    {"name": "education", "datatype": "BYTES", "shape": [1, 1], "data": ["2"]}],
    "outputs": [{"name": "probability"}]}'
echo
