"""What a GPU says of itself, where its driver's library is installed (`pip install nvidia-ml-py`)."""

import contextlib

import torch


def gauges(device: torch.device) -> dict[str, float]:
    """Utilisation (%), temperature (°C) and power (W) of a CUDA device; those that it tells.

    torch asks, for it knows which of the machine's devices CUDA_VISIBLE_DEVICES makes of a number.
    """
    told = {}
    for name, ask, unit in (
        ("utilisation", torch.cuda.utilization, 1),
        ("temperature", torch.cuda.temperature, 1),
        ("power", torch.cuda.power_draw, 1000),
    ):
        # not installed, no driver, not told of this device (power, on laptops): nothing to training
        with contextlib.suppress(Exception):
            told[name] = ask(device) / unit
    return told
