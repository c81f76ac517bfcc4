#!/bin/sh
# Keras 3.15.1: exporting one model twice in one process gives two different ONNX files.
#
# `model.export(..., format="onnx")` numbers the free dimensions, and the layers in the nodes' names,
# by how much was made and exported before in that process. The networks are the same, the bytes are
# not, so a hash of the file does not say which network it is.
#
# Seen with TensorFlow 2.21.0, tf2onnx 1.17.0 and Python 3.11:
#   same bytes: False
#   same once all names are taken away: True
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 tensorflow==2.21.0 tf2onnx==1.17.0 onnx==1.23.2
"$folder/venv/bin/python" - "$folder" >"$folder/found" 2>"$folder/log" <<'PYTHON' || { cat "$folder/log"; exit 1; }
import os
import sys

os.chdir(sys.argv[1])

import keras
import numpy as np
import onnx

x = keras.Input((8, 8, 1))
y = keras.layers.Conv2D(4, 3)(x)
model = keras.Model(x, keras.layers.Dense(3)(keras.layers.Flatten()(y)))
model(np.zeros((1, 8, 8, 1), np.float32))
for name in ("one.onnx", "two.onnx"):
    model.export(name, format="onnx", verbose=False)


def bare(path):
    """What a file computes: kinds, attributes and constants of its nodes, without a name."""
    graph = onnx.load(path).graph
    constants = {c.name: (tuple(c.dims), onnx.numpy_helper.to_array(c).tobytes()) for c in graph.initializer}
    return [
        (n.op_type, sorted(str(a) for a in n.attribute), [constants.get(i) for i in n.input])
        for n in graph.node
    ]


one, two = (open(name, "rb").read() for name in ("one.onnx", "two.onnx"))
print("same bytes:", one == two)
print("same once all names are taken away:", bare("one.onnx") == bare("two.onnx"))
PYTHON
grep same "$folder/found" | tee "$folder/said"
sed -n 's/^#   //p' "$0" | diff - "$folder/said"
