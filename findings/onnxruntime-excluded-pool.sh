#!/bin/sh
# ONNX Runtime 1.32.0: a pool that was excluded from quantization is computed in 8 bits all the same.
#
# `quantize_static(..., nodes_to_exclude=[...])` leaves a convolution, its ReLU and the pool after it
# in float, and puts QuantizeLinear after the pool, before the next convolution. When the file is
# loaded, the optimizer moves that node up, over the pool and the ReLU: the pool runs on bytes, and
# what the convolution makes is rounded at its full size. What is excluded in the file is not what is
# excluded in the session.
#
# Seen with Python 3.11 (the nodes of the file, then those of the session, up to the 2nd convolution):
#   file: Conv Relu MaxPool QuantizeLinear
#   session: Conv QuantizeLinear MaxPool
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
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

os.chdir(sys.argv[1])
rng = np.random.default_rng(0)


def weights(name, *shape):
    return numpy_helper.from_array(rng.normal(0, 0.2, shape).astype(np.float32), name)


class Data(CalibrationDataReader):
    def __init__(self):
        self.left = [rng.random((8, 3, 28, 28), np.float32) for _ in range(4)]

    def get_next(self):
        return {"x": self.left.pop()} if self.left else None


graph = helper.make_graph(
    [
        helper.make_node("Conv", ["x", "first"], ["a"], "conv1", pads=[1] * 4),
        helper.make_node("Relu", ["a"], ["b"], "relu1"),
        helper.make_node("MaxPool", ["b"], ["c"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["c", "second"], ["d"], "conv2", pads=[1] * 4),
        helper.make_node("Relu", ["d"], ["y"], "relu2"),
    ],
    "two",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 28, 28])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 32, 14, 14])],
    [weights("first", 20, 3, 3, 3), weights("second", 32, 20, 3, 3)],
)
opset = [helper.make_opsetid("", 17)]
onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), "float.onnx")
excluded = ["conv1", "relu1", "pool"]
quantize_static(
    "float.onnx", "int8.onnx", Data(), quant_format=QuantFormat.QDQ, nodes_to_exclude=excluded
)
options = onnxruntime.SessionOptions()
options.optimized_model_filepath = "session.onnx"
onnxruntime.InferenceSession("int8.onnx", options, providers=["CPUExecutionProvider"])
for name, file in (("file", "int8.onnx"), ("session", "session.onnx")):
    made = {output: node for node in onnx.load(file).graph.node for output in node.output}
    (end,) = (n for n in made.values() if "MaxPool" in n.op_type)
    before, node = [], end
    while True:
        before.insert(0, node.op_type)
        if node.input[0] not in made:
            break
        node = made[node.input[0]]
    after = [n.op_type for n in made.values() if n.input[0] == end.output[0]]
    kept = [kind for kind in before if "Reorder" not in kind and kind != "Transpose"]
    print(f"{name}:", *kept, *(kind for kind in after if kind == "QuantizeLinear"))
PYTHON
cat "$folder/found"
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
