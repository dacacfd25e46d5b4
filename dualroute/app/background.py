"""Long work for one visitor: in a thread of its own, with signs of life, stopped as soon as nobody waits."""

import queue
import threading
from collections.abc import Iterator

from dualroute.progress import Cancelled, progress_reported_to

BEAT = 0.3  # seconds; the framework can end a handler only where it yields


def in_background(work: Iterator[dict], beat: float = BEAT) -> Iterator[dict]:
    """What `work` yields, as it comes; between, every `beat` seconds, the last once more with `passes` made so far.

    Closing this generator (a cancel, a visitor who leaves) stops `work` at its next pass through the model. What it
    raises is raised here.
    """
    box: queue.SimpleQueue = queue.SimpleQueue()
    stop, passes = threading.Event(), [0.0]
    thread = threading.Thread(target=_work, args=(work, box, stop, passes), daemon=True, name="attributing")
    thread.start()
    last: dict = {}
    try:
        while True:
            try:
                found = box.get(timeout=beat)
            except queue.Empty:
                found = last
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            last = found
            yield last | {"passes": round(passes[0])}
    finally:
        stop.set()


def _work(work: Iterator[dict], box: queue.SimpleQueue, stop: threading.Event, passes: list[float]) -> None:
    def count(rows: float) -> None:
        if stop.is_set():
            raise Cancelled
        passes[0] += rows

    try:
        with progress_reported_to(count):
            for found in work:
                if stop.is_set():
                    break
                box.put(found)
    except Cancelled:
        pass
    except Exception as error:
        box.put(error)
    finally:
        box.put(None)
