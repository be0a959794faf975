"""What a GPU says of itself, where its driver's library is installed (`pip install nvidia-ml-py`)."""

import importlib
from typing import Any


def gauges(number: int) -> dict[str, float]:
    """Utilisation (%), temperature (°C) and power (W) of a CUDA device; empty where nobody tells."""
    try:
        nvml: Any = importlib.import_module("pynvml")
        nvml.nvmlInit()
        device = nvml.nvmlDeviceGetHandleByIndex(number)
        return {
            "utilisation": float(nvml.nvmlDeviceGetUtilizationRates(device).gpu),
            "temperature": float(nvml.nvmlDeviceGetTemperature(device, nvml.NVML_TEMPERATURE_GPU)),
            "power": nvml.nvmlDeviceGetPowerUsage(device) / 1000,
        }
    except Exception:  # not installed, no driver, not told on this device: none of it matters to training
        return {}
