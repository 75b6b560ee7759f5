"""Worker processes that end with the work they are for, however that ends."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext

KILLED = (
    "a worker process was killed, perhaps for want of memory. Run the same command again to go on, "
    "with fewer workers."
)
"""What a ``BrokenExecutor`` means to the user."""


@contextmanager
def open_pool(count: int, *, needs: str = "") -> Iterator[ProcessPoolExecutor]:
    """Processes to hand work to; all that was handed in is done when the block ends.

    An exception ends the block at once, Ctrl-C too: what waits is not begun, what runs is killed.
    The same happens where this process itself is killed. So work must leave files whole, and go on
    from them.

    Args:
        count: Of processes.
        needs: A module that takes long to import, and that the work needs; that of this process's
            first pool counts. Importing it must ask no GPU, and start no threads that a fork would
            miss.
    """
    context = _choose_context(needs)
    # Nothing is ever sent. This process alone holds the sending end, so the system closes it when
    # this process is no more, and the workers see that.
    receiver, sender = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, context, initializer=_begin, initargs=(receiver,))
    with receiver, sender, pool:
        try:
            yield pool
        except BaseException:
            sender.close()
            pool.shutdown(cancel_futures=True)
            raise


def _choose_context(needs: str) -> BaseContext:
    """Fresh processes: forking one that runs threads (torch does) may leave locks held for ever.

    On Linux they are forked from one that imported what is needed and did nothing else: this takes
    no time but the first one's, and what was imported lies in memory once.
    """
    if sys.platform != "linux":
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([needs] if needs else [])
    return context


def _begin(receiver: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    threading.Thread(target=_end_with_sender, args=(receiver,), daemon=True).start()


def _end_with_sender(receiver: Connection) -> None:
    wait([receiver])
    os._exit(1)
