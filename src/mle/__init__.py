"""The curriculum's package: what lessons, check cells, authors and graders call.

Importing it asks the numerical libraries imported afterwards for one thread each, so that a lesson gives the same
figures on any number of cores and a process can be forked after it has computed; it hushes TensorFlow's start-up notes;
and it turns off MLflow's telemetry (which understands no word but "true"). A variable that is already set stays as it is.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
              "TF_NUM_INTEROP_THREADS"):  # fmt: skip
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
