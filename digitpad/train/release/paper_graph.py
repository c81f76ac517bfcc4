"""The paper network as an ONNX graph, written layer by layer.

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

from digitpad.train.fit.paper_network import COVERS, DILATIONS, FILTERS
from digitpad.train.release.export import OPSET
from digitpad.train.release.naming import BATCH

IR = 8  # the version of the file's form that came with OPSET
SIDES = ("height", "width")  # the names of the dimensions that are free beside BATCH


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

    def convolve(self, x: str, name: str, stride: int = 1, dilation: int = 1) -> str:
        """Add the block `name`: a convolution, its normalization, and ReLU."""
        (kernel,) = self._model.get_layer(name).get_weights()  # (h, w, in, out)
        normalization = self._model.get_layer(f"{name}_normalization")
        scale, centre, mean, variance = normalization.get_weights()
        scale = scale / np.sqrt(variance + normalization.epsilon)
        return self.add(
            "Relu", self.weigh(x, kernel * scale, centre - mean * scale, stride, dilation)
        )

    def weigh(
        self,
        x: str,
        kernel: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        stride: int = 1,
        dilation: int = 1,
    ) -> str:
        """Add a convolution as TensorFlow pads it, "same": more at the end if it is uneven.

        What has a stride has sides that are multiples of it.
        """
        room = dilation * (len(kernel) - 1) + 1 - stride
        pads = [room // 2, room // 2, room - room // 2, room - room // 2]
        constants = (kernel.transpose(3, 2, 0, 1), bias)
        names = [self.keep(np.ascontiguousarray(c, np.float32)) for c in constants]
        return self.add(
            "Conv", x, *names, strides=[stride] * 2, pads=pads, dilations=[dilation] * 2
        )


def to_graph(model: keras.Model) -> onnx.ModelProto:
    """Return the graph of a network of `build_paper_network`.

    `picture` (n, 1, h, w) to `logits` (n, 2, h, w), both float32.
    """
    graph = _Graph(model)
    x, skips = graph.convolve("picture", "first", 2), []
    for level in range(len(FILTERS) - 1):
        skips.append(graph.convolve(x, f"seen_{level}"))
        x = graph.convolve(skips[-1], f"down_{level}", 2)
    for dilation in DILATIONS:
        x = graph.add("Add", x, graph.convolve(x, f"wide_{dilation}", 1, dilation))
    twice = graph.keep(np.array([1, 1, 2, 2], np.float32))
    for level in reversed(range(len(skips))):
        x = graph.convolve(x, f"narrow_{level}")
        x = graph.add(
            "Resize", x, "", twice, mode="nearest", nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        )  # fmt: skip
        x = graph.convolve(graph.add("Concat", x, skips[level], axis=1), f"joined_{level}")
    fine = graph.weigh(x, *model.get_layer("fine").get_weights())
    graph.add("DepthToSpace", fine, blocksize=2, mode="DCR", output="logits")
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        graph.nodes,
        "paper",
        [value("picture", TensorProto.FLOAT, [BATCH, 1, *SIDES])],
        [value("logits", TensorProto.FLOAT, [BATCH, len(COVERS), *SIDES])],
        graph.constants,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
