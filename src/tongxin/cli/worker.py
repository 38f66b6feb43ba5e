"""What a worker process of `tongxin serve` runs: the application, while its parent lives."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess

from litestar import Litestar

from tongxin.web.app import create as application


def create() -> Litestar:
    """The application. A worker whose parent was killed ends too, and frees the port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), name="parent", daemon=True).start()
    return application()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
