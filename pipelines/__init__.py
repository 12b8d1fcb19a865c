"""The stages of the benchmark, the trainer and the tracking: the only place where names meet code and files."""
