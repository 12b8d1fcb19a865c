"""What the machine does while a run is live, measured by MLflow's own monitors under its own names."""

SYSTEM = "system/"  # how the names begin that MLflow shows as system metrics; no result file has them


def measured() -> dict[str, float]:
    """Use of processors and memory since the last call, and of the GPUs where nvidia-ml-py can ask them."""
    from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
    from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor

    found: dict[str, float] = {}
    for kind in (CPUMonitor, GPUMonitor):
        try:
            monitor = kind()
        except (ImportError, RuntimeError):  # no GPU, or none that can be asked
            continue
        monitor.collect_metrics()
        found |= monitor.aggregate_metrics()
    return {f"{SYSTEM}{name}": float(value) for name, value in found.items()}
