"""Write networks and widgets' pages for the book: ONNX with weights in half precision, JavaScript and CSS."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from gancourse.teaching.widgets.live import parts

#: Arrays with fewer numbers stay in single precision.
SMALL = 64


def write_network(network, shapes: list[tuple[int, ...]], file: Path) -> None:
    """Write a network as ONNX with its weights in float16; it computes in float32.

    Args:
        network: a Keras model.
        shapes: of one batch of each input, for networks that take any size.
        file: where to; its folder has to exist.
    """
    inputs = [np.zeros(shape, np.float32) for shape in shapes]
    network(inputs[0] if len(inputs) == 1 else inputs, training=False)
    network.export(file, format="onnx", verbose=False)
    model = onnx.load(file)
    graph, casts = model.graph, []
    for array in list(graph.initializer):
        if array.data_type != TensorProto.FLOAT or np.prod(array.dims) < SMALL:
            continue
        half = numpy_helper.from_array(numpy_helper.to_array(array).astype(np.float16), f"{array.name}_half")
        graph.initializer.remove(array)
        graph.initializer.append(half)
        casts.append(helper.make_node("Cast", [half.name], [array.name], to=TensorProto.FLOAT))
    for cast in casts:
        graph.node.insert(0, cast)
    onnx.save(model, file)


def write_page(name: str, folder: Path, *before: str) -> None:
    """Write a widget's own JavaScript and CSS; `before` names parts that it shares with others."""
    for kind, text in zip(("js", "css"), parts(*before, name), strict=True):
        (folder / f"{name}.{kind}").write_text(text, encoding="utf-8")
