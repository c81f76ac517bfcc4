#!/bin/sh
# ONNX Runtime 1.32.0: after dynamic quantization, an answer depends on what else is in the batch.
#
# `quantize_dynamic` finds the scale of a layer's input while it runs, over the whole tensor: one for
# all inputs of a batch. So the same input is rounded more coarsely beside a brighter one, and what a
# service answers depends on who else asked in that moment. `quantize_static` has its scales in the
# file, and answers the same in any company.
#
# Seen with Python 3.11 (whether the outputs for one input, alone and beside another, are equal):
#   float: equal
#   dynamic: different
#   static: equal
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/venv/bin/python" - "$folder" >"$folder/found" 2>"$folder/log" <<'PYTHON' || { cat "$folder/log"; exit 1; }
import os
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantType,
    quantize_dynamic,
    quantize_static,
)

os.chdir(sys.argv[1])
rng = np.random.default_rng(0)


class Data(CalibrationDataReader):
    def __init__(self):
        self.left = [5 * rng.random((8, 3, 28, 28), np.float32) for _ in range(4)]

    def get_next(self):
        return {"x": self.left.pop()} if self.left else None


kernel = rng.normal(0, 0.2, (20, 3, 3, 3)).astype(np.float32)
graph = helper.make_graph(
    [helper.make_node("Conv", ["x", "kernel"], ["y"], "conv", pads=[1] * 4)],
    "one",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 28, 28])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 20, 28, 28])],
    [numpy_helper.from_array(kernel, "kernel")],
)
opset = [helper.make_opsetid("", 17)]
onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), "float.onnx")
quantize_dynamic("float.onnx", "dynamic.onnx", weight_type=QuantType.QUInt8)
quantize_static("float.onnx", "static.onnx", Data())
one = rng.random((1, 3, 28, 28), np.float32)
both = np.concatenate([one, 5 * rng.random((1, 3, 28, 28), np.float32)])
for name in ("float", "dynamic", "static"):
    session = onnxruntime.InferenceSession(f"{name}.onnx", providers=["CPUExecutionProvider"])
    alone, beside = (session.run(None, {"x": batch})[0][0] for batch in (one, both))
    print(f"{name}:", "equal" if np.abs(alone - beside).max() < 1e-5 else "different")
PYTHON
cat "$folder/found"
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
