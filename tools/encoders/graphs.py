"""Writing small ONNX graphs and running them: the nodes are ours, the weights stay in the file they came in.

Knows nothing of any one network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto, ValueInfoProto
    from onnxruntime import InferenceSession

_OPSET = 20  # the first with GELU as one operator
_IR_VERSION = 10


class GraphWriter:
    """Collects the nodes of a graph; every method returns the name of what it computes.

    Args:
        tensors: weights that `weight` may name. They are handed to the runtime as they lie in memory (or in a mapped
            file), so that a graph is some kilobytes and the weights exist once.
    """

    def __init__(self, tensors: Mapping[str, FloatArray]) -> None:
        self._tensors = tensors
        self._weights: dict[str, None] = {}
        self._constants: dict[str, TensorProto] = {}
        self._inputs: list[ValueInfoProto] = []
        self._nodes: list[NodeProto] = []

    def apply(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of the default operator set with one output."""
        from onnx import helper

        name = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def tokens(self, name: str) -> str:
        """Declare an input of whole numbers, int64, shape (batch, tokens)."""
        from onnx import TensorProto, helper

        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]))
        return name

    def floats(self, name: str, shape: Sequence[int | str]) -> str:
        """Declare an input of float32 numbers; a name in its shape stands for any size."""
        from onnx import TensorProto, helper

        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def weight(self, name: str) -> str:
        """Use a tensor by its name."""
        self._weights[name] = None
        return name

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor."""
        return self._tensors[name].shape

    def constant(self, value: Sequence[int] | float) -> str:
        """Use a number or a list of whole numbers: float32 for a float, else int64."""
        from onnx import numpy_helper

        name = f"constant_{value}"
        array = np.asarray(value, dtype=np.float32 if isinstance(value, float) else np.int64)
        self._constants[name] = numpy_helper.from_array(array, name)
        return name

    def session(self, *outputs: str, threads: int) -> InferenceSession:
        """Make the graph ready to run.

        Args:
            outputs: names of computed float32 values, in the order in which they are to come.
            threads: threads that share one run, >= 1. They sleep while they wait: spinning would take the processor
                from whatever else runs.
        """
        import onnxruntime
        from onnx import TensorProto, helper

        graph = helper.make_graph(
            self._nodes,
            "sourcehound",
            self._inputs,
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            [*self._constants.values(), *(_external(name, self._tensors[name]) for name in self._weights)],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3  # errors only: warnings would go to stderr between progress lines
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(self._tensors[name]) for name in self._weights]
        options.add_external_initializers(list(self._weights), values)
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _external(name: str, tensor: FloatArray) -> TensorProto:
    from onnx import StringStringEntryProto, TensorProto

    return TensorProto(
        name=name,
        data_type=TensorProto.FLOAT,
        dims=tensor.shape,
        data_location=TensorProto.EXTERNAL,
        external_data=[StringStringEntryProto(key="location", value="in memory")],
    )
