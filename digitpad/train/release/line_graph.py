"""The line network as an ONNX graph, written layer by layer.

The exporter of Keras's models parts each dilated convolution into dozens of nodes, as TensorFlow
computes it (`findings/tf2onnx-dilated-conv1d.sh`); ONNX has it as one. Batch normalizations are
folded into the convolutions before them.
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from digitpad.labels import INK_KINDS, TOKENS
from digitpad.network.manifest import LINE_INPUT
from digitpad.picture.line import HEIGHT, ROWS
from digitpad.train.fit.line_network import ALONG, CONVOLUTIONS, DILATIONS, POOLED
from digitpad.train.release.export import OPSET
from digitpad.train.release.naming import BATCH

IR = 8  # the version of the file's form that came with OPSET
WIDTH = "width"  # the name of the dimension that is free beside BATCH


class _Graph:
    """Nodes and constants, in the order in which they are added."""

    def __init__(self, model: keras.Model) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._model = model

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        name = f"{kind}_{len(self.nodes)}"
        output = output or f"{name}_0"
        self.nodes.append(helper.make_node(kind, inputs, [output], name, **attributes))
        return output

    def keep(self, values: npt.NDArray[Any]) -> str:
        """Add a constant and return its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def convolve(self, x: str, name: str, strides: int = 1, dilation: int = 1) -> str:
        """Add the block `name`: a convolution, its normalization, and ReLU."""
        (kernel,) = self._model.get_layer(name).get_weights()  # (h, w, in, out) or (w, in, out)
        normalization = self._model.get_layer(f"{name}_normalization")
        scale, centre, mean, variance = normalization.get_weights()
        scale = scale / np.sqrt(variance + normalization.epsilon)
        kernel = kernel * scale
        if kernel.ndim == len(("along", "in", "out")):
            kernel = kernel[None]
        x = self._convolve(x, kernel, centre - mean * scale, strides, dilation)
        return self.add("Relu", x)

    def weigh(self, x: str, name: str) -> str:
        """Add the dense layer `name`, over the channels."""
        kernel, bias = self._model.get_layer(name).get_weights()
        return self._convolve(x, kernel[None, None], bias)

    def _convolve(
        self,
        x: str,
        kernel: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        strides: int = 1,
        dilation: int = 1,
    ) -> str:
        """Add a convolution as TensorFlow pads it, "same": more at the end if it is uneven.

        Where the line network's have strides, its sides are multiples of them. The one that takes
        in all rows has no padding down.
        """
        rows, columns = kernel.shape[:2]
        down = 0 if rows == ROWS else rows - strides
        across = dilation * (columns - 1) + 1 - strides
        pads = [down // 2, across // 2, down - down // 2, across - across // 2]
        constants = (kernel.transpose(3, 2, 0, 1), bias)
        names = [self.keep(np.ascontiguousarray(c, np.float32)) for c in constants]
        return self.add(
            "Conv", x, *names, strides=[strides] * 2, pads=pads, dilations=[1, dilation]
        )


def to_graph(model: keras.Model) -> onnx.ModelProto:
    """Return the graph of a network of `build_line_network`.

    LINE_INPUT (n, 1, HEIGHT, w) to its outputs `logits`, `boxes` and `cells`, all float32.
    """
    graph = _Graph(model)
    x = LINE_INPUT
    for name, (_, strides) in CONVOLUTIONS.items():
        x = graph.convolve(x, name, strides)
        if name == POOLED:
            x = graph.add("MaxPool", x, kernel_shape=[2, 1], strides=[2, 1])
    cells = x
    x = graph.convolve(cells, ALONG)
    for number, dilation in enumerate(DILATIONS):
        x = graph.add("Add", x, graph.convolve(x, f"{ALONG}_{number}", 1, dilation))
    for name, size in (("logits", 1 + len(TOKENS)), ("boxes", 4)):
        found = graph.add("Transpose", graph.weigh(x, f"{name}_of_columns"), perm=[0, 3, 1, 2])
        shape = graph.keep(np.array([0, -1, size], np.int64))
        graph.add("Reshape", found, shape, output=name)
    here = graph.add("Add", graph.weigh(cells, "here"), graph.weigh(x, "around"))
    kinds = graph.weigh(graph.add("Relu", here), "cells")
    graph.add("Transpose", kinds, perm=[0, 2, 3, 1], output="cells")
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        graph.nodes,
        "line",
        [value(LINE_INPUT, TensorProto.FLOAT, [BATCH, 1, HEIGHT, WIDTH])],
        [
            value("logits", TensorProto.FLOAT, [BATCH, "steps", 1 + len(TOKENS)]),
            value("boxes", TensorProto.FLOAT, [BATCH, "steps", 4]),
            value("cells", TensorProto.FLOAT, [BATCH, ROWS, "columns", len(INK_KINDS)]),
        ],
        graph.constants,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
