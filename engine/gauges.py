"""What a GPU says of itself, where its driver's library is installed (`pip install nvidia-ml-py`)."""

import torch


def gauges(device: torch.device) -> dict[str, float]:
    """Utilisation (%), temperature (°C) and power (W) of a CUDA device; empty where nobody tells.

    torch asks, for it knows which of the machine's devices CUDA_VISIBLE_DEVICES makes of a number.
    """
    try:
        return {
            "utilisation": float(torch.cuda.utilization(device)),
            "temperature": float(torch.cuda.temperature(device)),
            "power": torch.cuda.power_draw(device) / 1000,
        }
    except Exception:  # not installed, no driver, not told on this device: none of it matters to training
        return {}
