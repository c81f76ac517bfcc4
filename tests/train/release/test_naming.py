"""Names in an ONNX file: decided by the network alone, and nothing else about it changes."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from digitpad.train.release.naming import name_parts, to_bytes


def network(prefix: str, reverse: bool = False) -> onnx.ModelProto:
    """Twice the input plus one, clipped below, with names as an exporter might give them."""
    constants = [
        numpy_helper.from_array(np.array([2], np.float32), f"{prefix}/two:0"),
        numpy_helper.from_array(np.array([1], np.float32), f"{prefix}/one:0"),
        numpy_helper.from_array(np.array([9], np.float32), f"{prefix}/unused:0"),
    ]
    nodes = [
        helper.make_node("Mul", ["inputs", f"{prefix}/two:0"], [f"{prefix}:1"], f"{prefix}_7"),
        helper.make_node("Add", [f"{prefix}:1", f"{prefix}/one:0"], [f"{prefix}:2"], prefix),
        helper.make_node("Clip", [f"{prefix}:2", f"{prefix}/one:0", ""], ["logits"], "c" + prefix),
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [f"unk_{prefix}", 1])
        for name in ("inputs", "logits")
    ]
    if reverse:
        constants.reverse()
    graph = helper.make_graph(
        nodes, prefix, ends[:1], ends[1:], constants, doc_string=f"converted from {prefix}"
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_one_network_is_one_file_whatever_its_parts_were_called() -> None:
    files = []
    for model in (network("a"), network("functional_12/relu"), network("b", reverse=True)):
        name_parts(model, "digits")
        onnx.checker.check_model(model)
        files.append(to_bytes(model))
    assert files[0] == files[1] == files[2]


def test_it_computes_the_same() -> None:
    model = network("a")
    before = onnxruntime.InferenceSession(model.SerializeToString())
    name_parts(model, "digits")
    after = onnxruntime.InferenceSession(to_bytes(model))
    values = {"inputs": np.array([[-3], [0], [5]], np.float32)}
    np.testing.assert_array_equal(after.run(["logits"], values), before.run(["logits"], values))
    np.testing.assert_array_equal(after.run(["logits"], values)[0], [[1], [1], [11]])
    assert after.get_inputs()[0].shape == ["batch", 1]
