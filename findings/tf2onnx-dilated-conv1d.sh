#!/bin/sh
# tf2onnx 1.17.0: a dilated Conv1D of Keras becomes 71 nodes, none of them a dilated Conv.
#
# ONNX's Conv has an attribute for dilation, and Keras's layer has one argument for it. Between them
# TensorFlow computes a dilated convolution by moving space to batch, convolving, and moving it back;
# where the length is free, the exporter writes each of those steps out, so that the file has no Conv
# with dilations above 1, and a session runs all those small nodes.
#
# Seen with Keras 3.15.1, TensorFlow 2.21.0 and Python 3.11:
#   dilation 1: 1 Conv, dilations [1], 5 nodes
#   dilation 4: 1 Conv, dilations [1], 71 nodes
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

for dilation in (1, 4):
    x = keras.Input((None, 8))
    y = keras.layers.Conv1D(8, 5, dilation_rate=dilation, padding="same")(x)
    model = keras.Model(x, y)
    model(np.zeros((1, 32, 8), np.float32))
    model.export(f"{dilation}.onnx", format="onnx", opset_version=17, verbose=False)
    nodes = onnx.load(f"{dilation}.onnx").graph.node
    convolutions = [n for n in nodes if n.op_type == "Conv"]
    told = {max(a.ints) for n in convolutions for a in n.attribute if a.name == "dilations"} or {1}
    print(f"dilation {dilation}: {len(convolutions)} Conv, dilations {sorted(told)}, {len(nodes)} nodes")
PYTHON
grep dilation "$folder/found" | tee "$folder/said"
sed -n 's/^#   //p' "$0" | diff - "$folder/said"
