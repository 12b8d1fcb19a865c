"""How many cores this process may use: not those of the machine, but its share of them."""

import os

SHARES = ("SLURM_CPUS_ON_NODE", "PBS_NP", "LSB_DJOB_NUMPROC", "NSLOTS")  # what a batch system says a job may use


def usable_cores() -> int:
    """The least of what the machine has, the process may run on, its container may spend, and its batch job was given.

    1 at least. joblib knows affinity and the quotas of control groups.
    """
    from joblib import cpu_count

    given = [int(value) for name in SHARES if (value := os.environ.get(name, "")).isdigit()]
    return max(1, min([cpu_count(), *given]))
