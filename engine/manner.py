"""How finely a learner reckons on its device, and whether it compiles what it reckons."""

import contextlib
from typing import Any, Literal

import msgspec
import torch

Precision = Literal["auto", "float32", "bfloat16"]


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """What may be set about reckoning; weights, optimizer, heads and losses are float32 in any case.

    `precision` of the body's sums: auto is bfloat16 for a transformer on a CUDA device that has it, else
    float32. `compiled`: the body goes through torch.compile, which takes a minute at the first step.
    """

    precision: Precision = "auto"
    compiled: bool = False

    def sums(self, device: torch.device, architecture: str) -> contextlib.AbstractContextManager[Any]:
        """What the body is to run under, on a device."""
        half = self.precision == "bfloat16"
        if self.precision == "auto":
            # a perceptron's layers are too small to win anything by it
            half = device.type == "cuda" and architecture == "transformer" and torch.cuda.is_bf16_supported()
        return torch.autocast(device.type, torch.bfloat16) if half else contextlib.nullcontext()
