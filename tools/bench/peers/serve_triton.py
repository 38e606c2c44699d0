"""The model in Triton's Python backend with dynamic batching and two instances. The server is the one in nvidia-pytriton."""
import os
import shutil
import sys
import sysconfig
from pathlib import Path

CONFIG = """
backend: "python"
max_batch_size: 64
input [ { name: "categorical" data_type: TYPE_INT64 dims: [ 9 ] }, { name: "numerical" data_type: TYPE_FP32 dims: [ 14 ] } ]
output [ { name: "probability" data_type: TYPE_FP32 dims: [ 1 ] } ]
instance_group [ { count: 2 kind: KIND_CPU } ]
dynamic_batching { }
"""

peers = Path(__file__).parent
packages = Path(sysconfig.get_path("purelib"))
server = packages / "pytriton" / "tritonserver"
home = Path(os.environ["SERVE_MODEL"]).parent / "triton"

version = home / "models" / "tabtransformer" / "1"
version.mkdir(parents=True)
(version.parent / "config.pbtxt").write_text(CONFIG)
shutil.copy(peers / "triton_model.py", version / "model.py")

# The backend and the interpreter's own stub, in one folder.
stub = server / "python_backend_stubs" / f"{sys.version_info.major}.{sys.version_info.minor}"
shutil.copytree(server / "backends" / "python", home / "backends" / "python")
shutil.copytree(stub, home / "backends" / "python", dirs_exist_ok=True)

port = int(os.environ["SERVE_PORT"])
libraries = [sysconfig.get_config_var("LIBDIR"), str(packages / "nvidia_pytriton.libs")]
environment = {
    **os.environ,
    "LD_LIBRARY_PATH": os.pathsep.join(libraries),
    "SERVE_PACKAGES": os.pathsep.join([str(packages), str(peers)]),
}
arguments = {
    "model-repository": home / "models",
    "backend-directory": home / "backends",
    "http-address": "127.0.0.1",
    "http-port": port,
    "grpc-address": "127.0.0.1",
    "grpc-port": port + 1,
    "metrics-port": port + 2,
}
command = [str(server / "bin" / "tritonserver"), *(f"--{name}={value}" for name, value in arguments.items())]
os.execve(command[0], command, environment)
