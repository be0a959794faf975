"""How finely a learner reckons on its device, and whether it compiles what it reckons."""

import contextlib
from functools import cache
from typing import Any, Literal

import msgspec
import torch

Precision = Literal["auto", "float32", "bfloat16"]


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """What may be set about reckoning; weights, heads and losses are float32 in any case.

    `precision` of the body's sums, and of the optimizer's products of matrices: auto is bfloat16 where it
    pays. That is on a CPU that has instructions for it (AVX-512 BF16, AMX), four times as quick then, and for
    a transformer on a CUDA device; elsewhere it is float32. `compiled`: the body goes through torch.compile,
    which takes a minute at the first step.
    """

    precision: Precision = "auto"
    compiled: bool = False

    def half(self, device: torch.device, architecture: str) -> bool:
        """Whether a device is to reckon in bfloat16."""
        if self.precision != "auto":
            return self.precision == "bfloat16"
        if device.type == "cpu":
            return _cpu_has_bfloat16()
        # a perceptron's layers are too small for a GPU to win anything by it
        return device.type == "cuda" and architecture == "transformer" and torch.cuda.is_bf16_supported()

    def sums(self, device: torch.device, architecture: str) -> contextlib.AbstractContextManager[Any]:
        """What the body is to run under, on a device."""
        half = self.half(device, architecture)
        return torch.autocast(device.type, torch.bfloat16) if half else contextlib.nullcontext()


@cache
def _cpu_has_bfloat16() -> bool:
    has = torch.cpu.get_capabilities()
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))
