"""Answers one JSON request a line with one JSON reply a line, until its input ends."""
import json
import os
import platform
import sys
import traceback
from importlib.metadata import version


def serve(packages, operations):
    """`operations` by name; each takes the request's other fields and returns what JSON can hold."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # What libraries print must not come between the replies.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    versions = {"python": platform.python_version(), **{name: version(name) for name in packages}}
    operations = {"versions": lambda: versions, **operations}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"result": operations[request.pop("operation")](**request)}
        except Exception as error:
            traceback.print_exc()
            reply = {"error": repr(error)}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
