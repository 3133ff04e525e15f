"""ONNX Runtime, in the calling thread."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.errors import ModelBroken

ERRORS_ONLY = 3


class OnnxSession:
    """A graph of one float32 matrix in and one number a row out."""

    def __init__(self, file: Path) -> None:
        """Raise ModelBroken where the file is no such graph."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = ERRORS_ONLY
        try:
            session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as failure:  # its errors have no common class below Exception
            raise ModelBroken(f"ONNX Runtime cannot read this model: {failure} Train it again.") from failure
        self._name = session.get_inputs()[0].name
        self._run = session.run

    def predict(self, features: npt.NDArray[np.float32]) -> Numbers:
        answers = self._run(None, {self._name: features})[0]
        return np.asarray(answers, dtype=np.float64).reshape(len(features))
