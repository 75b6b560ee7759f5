"""Workers end when whoever they work for fails, is interrupted or is killed."""

import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor

import pytest

from crossglg.workers import open_pool

ONE_AFTER_THE_OTHER = """
import signal, time
from crossglg.workers import open_pool

signal.signal(signal.SIGINT, signal.default_int_handler)  # which who started the tests may ignore
with open_pool(1) as pool:
    work = [pool.submit(print, "begun", flush=True), pool.submit(time.sleep, 1000)]
    work += [pool.submit(print, "too late", flush=True) for _ in range(3)]
    [task.result() for task in work]
"""

ONE_POOL_AFTER_THE_OTHER = """
from crossglg.workers import open_pool

for _ in range(2):
    with open_pool(1, needs="wave") as pool:
        print(pool.submit(eval, "'wave' in __import__('sys').modules").result())
        print(pool.submit(eval, "__import__('os').getppid()").result())
"""

NO_GPU_MAY_BE_ASKED = """
import torch

def refuse(*_):
    raise AssertionError("a process that was forked from one that knows the GPU cannot use it")

for name in ("is_available", "device_count", "is_bf16_supported", "init", "_lazy_init"):
    assert callable(getattr(torch.cuda, name))
    setattr(torch.cuda, name, refuse)
import crossglg.cells
import crossglg.encoders
"""


def test_all_that_is_handed_in_is_done():
    with open_pool(2) as pool:
        tasks = [pool.submit(abs, -number) for number in range(5)]
    assert [task.result() for task in tasks] == list(range(5))


def test_an_error_ends_what_runs_and_what_waits():
    tasks = []

    def fail_at_work():
        with open_pool(1) as pool:
            tasks.extend(pool.submit(time.sleep, 20) for _ in range(4))
            raise KeyError

    with pytest.raises(KeyError):
        fail_at_work()
    assert all(task.cancelled() or isinstance(task.exception(), BrokenExecutor) for task in tasks)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked from one on Linux alone")
def test_what_work_needs_is_imported_once_for_all_workers():
    command = [sys.executable, "-c", ONE_POOL_AFTER_THE_OTHER]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported, forked_from, again, from_the_same = done.stdout.split()
    assert (imported, again) == ("True", "True")
    assert forked_from == from_the_same


def test_what_workers_are_forked_from_asks_no_gpu():
    subprocess.run([sys.executable, "-c", NO_GPU_MAY_BE_ASKED], check=True)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nobody_works_on_for_one_who_is_gone(sent):
    process = subprocess.Popen(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "begun\n"
    process.send_signal(sent)
    told, _ = process.communicate(timeout=60)  # ends when no worker holds the pipe any more
    assert told == ""
