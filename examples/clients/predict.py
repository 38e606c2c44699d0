"""Asks a service for predictions with Python alone: python3 predict.py [URL [MODEL]]"""

import json
import sys
import urllib.error
import urllib.request

URL, MODEL = (sys.argv[1:] + ["http://127.0.0.1:8080", "credit-default"][len(sys.argv) - 1 :])[:2]


def ask(path, body):
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        # The message names the input, what was expected and what came.
        raise SystemExit(f"{error.code}: {json.load(error)['error']}") from error


ROW = {"limit_bal": 20000, "age": 24, "approved_on": "2021-01-01", "sex": "2", "education": "2"}

for prediction in ask(f"/predict/{MODEL}", {"instances": [ROW]})["predictions"]:
    print(json.dumps(prediction))

tensors = [
    {"name": name, "datatype": "BYTES" if isinstance(value, str) else "FP64", "shape": [1, 1], "data": [value]}
    for name, value in ROW.items()
]
outputs = ask(f"/v2/models/{MODEL}/infer", {"inputs": tensors})["outputs"]
print(json.dumps({output["name"]: output["data"][0] for output in outputs}))
