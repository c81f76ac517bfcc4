"""Names in an ONNX file that follow from the network alone, so that one network is one file.

Keras and its exporter number what they make by how much they made before in the process: the same
network got other names of nodes, tensors and dimensions, and so another SHA-256, each time.
"""

from onnx import ModelProto, TensorProto, helper

BATCH = "batch"  # the name of the first dimension, which is free


def name_parts(model: ModelProto, name: str) -> None:
    """Name nodes by kind and place, tensors by who makes them, constants by first use, in place.

    Inputs and outputs keep their names, which callers use. What is free in their shapes is BATCH
    where it comes first, else it is named after them and its place. Constants come in the order of
    use, attributes by name. The graph is called `name`.
    """
    graph = model.graph
    graph.name, graph.doc_string = name, ""  # the exporter tells its own numbers there
    del graph.value_info[:]
    for value in (*graph.input, *graph.output):
        for axis, size in enumerate(value.type.tensor_type.shape.dim):
            if not size.HasField("dim_value"):
                size.dim_param = f"{value.name}_{axis}" if axis else BATCH
    names = {value.name: value.name for value in (*graph.input, *graph.output)}
    names[""] = ""  # an optional input that is left out
    constants = {constant.name: constant for constant in graph.initializer}
    used: list[TensorProto] = []
    for place, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{place}"
        for old in node.input:
            if old in constants and old not in names:
                names[old] = f"constant_{len(used)}"
                used.append(constants[old])
        for port, old in enumerate(node.output):
            names.setdefault(old, f"{node.name}_{port}")
        ordered = sorted(node.attribute, key=lambda attribute: attribute.name)
        named = helper.make_node(
            node.op_type,
            [names[old] for old in node.input],
            [names[old] for old in node.output],
            node.name,
            domain=node.domain,
        )
        named.attribute.extend(ordered)
        node.CopyFrom(named)
    for constant in used:
        constant.name = names[constant.name]
    kept = [constant.SerializeToString(deterministic=True) for constant in used]
    del graph.initializer[:]
    for content in kept:
        graph.initializer.add().ParseFromString(content)


def to_bytes(model: ModelProto) -> bytes:
    """Return the file of a model, the same for the same model."""
    return bytes(model.SerializeToString(deterministic=True))
