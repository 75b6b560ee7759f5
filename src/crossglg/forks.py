"""Torch's threads do not live on in a process made by fork, which would wait for them for ever."""

import os
from functools import cache

import torch


@cache
def use_one_thread_after_fork() -> None:
    """Let torch count one thread in every process that this one forks from now on."""
    if hasattr(os, "register_at_fork"):  # Windows cannot fork
        os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))
