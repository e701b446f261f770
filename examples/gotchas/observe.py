"""What Python sees of each class, and what four threads that share one object do to it.

    maturin develop && python observe.py        # on a free-threaded interpreter

Prints one row per class with the first three columns of expectations.tsv. `sound`: no call raised and nothing got lost;
`already borrowed`: some calls raised RuntimeError, and every call that did not raise took effect; `panics`: the use from another
thread raised PanicException; `not tried`: there is no object to try, or the race would be undefined behaviour.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import gotchas

THREADS = 4
CALLS = 20_000
# A collision is a matter of timing; a machine that is busy with other things may need more than one go.
ROUNDS = 10


def in_threads(call: Callable[[int, int], object], calls: int = CALLS) -> list[BaseException]:
    """What was raised when `THREADS` threads, let go together, made `call(thread, n)` so often each."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(THREADS)

    def work(thread: int) -> None:
        mine: list[BaseException] = []
        barrier.wait()
        for n in range(calls):
            try:
                call(thread, n)
            except BaseException as error:  # PanicException is not an Exception
                mine.append(error)
        raised.extend(mine)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def is_borrow_error(error: BaseException) -> bool:
    return type(error) is RuntimeError and str(error) in ("Already borrowed", "Already mutably borrowed")


def counter(kind: type) -> str:
    """Adds up what a counter lost: a call that raised must not have counted, and every other one must have."""
    for _ in range(ROUNDS):
        shared = kind()
        raised = in_threads(lambda thread, n: shared.increment())
        assert all(map(is_borrow_error, raised)), raised[:3]
        assert shared.get() == THREADS * CALLS - len(raised), "increments were lost"
        if raised:
            print(f"{kind.__name__}: {len(raised)} of {THREADS * CALLS} calls raised", file=sys.stderr)
            return "already borrowed"
    return "sound"


def point() -> str:
    """Two threads assign, two read."""
    for _ in range(ROUNDS):
        shared = gotchas.Point(0.0, 0.0)
        raised = in_threads(lambda thread, n: setattr(shared, "x", float(n)) if thread % 2 else shared.x)
        assert all(map(is_borrow_error, raised)), raised[:3]
        if raised:
            return "already borrowed"
    return "sound"


def index() -> str:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "index.log")
        shared = gotchas.MutableGlobalIndex(log)
        calls = 500
        raised = in_threads(lambda thread, n: shared.insert(f"{thread}-{n}", n), calls)
        assert len(shared) == len(log.read_text().splitlines()) == THREADS * calls, "insertions were lost"
        assert shared.get("1-7") == 7
        assert not raised, raised[:3]
    return "sound"


def key_iterator() -> str:
    """Four threads share one iterator: each key comes out once."""
    with tempfile.TemporaryDirectory() as folder:
        shared = gotchas.MutableGlobalIndex(Path(folder, "index.log"))
        for n in range(1000):
            shared.insert(str(n), n)
        keys = shared.keys()
        seen: list[str | None] = []
        raised = in_threads(lambda thread, n: seen.append(next(keys, None)), 500)
        assert sorted(key for key in seen if key is not None) == sorted(str(n) for n in range(1000))
        assert not raised, raised[:3]
    return "sound"


def lazy_config() -> str:
    shared = gotchas.LazyConfig()
    raised = in_threads(lambda thread, n: shared.get_data(), 100)
    assert not raised, raised[:3]
    assert shared.get_data() == "Initialized Data"
    assert shared.initialisations() == 1, "initialised more than once"
    return "sound"


def device() -> str:
    shared = gotchas.Device(0)
    raised = in_threads(lambda thread, n: shared.add(1))
    assert not raised, raised[:3]
    assert shared.add(0) == THREADS * CALLS, "additions were lost"
    return "sound"


def thread_bound(shared: object, use: Callable[[], object]) -> str:
    """Works in the thread that made it, and in no other."""
    use()
    raised = in_threads(lambda thread, n: use(), 1)
    if not raised:
        return "sound"
    assert len(raised) == THREADS
    for error in raised:
        assert type(error).__name__ == "PanicException" and not isinstance(error, Exception), error
        assert f"{type(shared).__name__} is unsendable, but sent to another thread" in str(error), error
    return "panics"


def functions() -> None:
    assert gotchas.sum_of_squares() == 0
    assert gotchas.sum_of_squares([1, 2, 3]) == 14
    assert gotchas.sum_of_squares.__text_signature__ == "(input: list[int] = [])"
    try:
        gotchas.sum_of_squares([1, -2])
    except gotchas.NegativeInput as error:
        assert isinstance(error, ValueError) and str(error) == "-2 is negative"
    else:
        raise AssertionError("a negative number was taken")

    left, right = gotchas.Point(3.0, 4.0), gotchas.Point(0.0, 1.0)
    assert left.distance_from_origin() == 5.0
    gotchas.move_point(left, 1.0, 1.0)
    gotchas.swap_points(left, right)
    assert (left.x, left.y, right.x, right.y) == (0.0, 1.0, 4.0, 5.0)
    try:
        gotchas.swap_points(left, left)
    except RuntimeError as error:
        assert is_borrow_error(error), error
    else:
        raise AssertionError("one point was borrowed mutably twice")


def main() -> None:
    assert not sys._is_gil_enabled(), "the import has turned the GIL on"
    functions()
    session, plan = gotchas.Session(), gotchas.Plan(["first", "second"])
    outcomes = {
        "MutableGlobalIndex": index(),
        "KeyIterator": key_iterator(),
        "ForgottenIndex": "not tried",
        "Counter": counter(gotchas.Counter),
        "FrozenCounter": counter(gotchas.FrozenCounter),
        "LockCounter": counter(gotchas.LockCounter),
        "Point": point(),
        "LazyConfig": lazy_config(),
        "Session": thread_bound(session, lambda: session.record("line")),
        "Plan": thread_bound(plan, lambda: len(plan)),
        "Histogram": "not tried",
        "SharedBuffer": "not tried",
        "Device": device(),
    }
    classes = {name for name in dir(gotchas) if isinstance(getattr(gotchas, name), type) and name != "NegativeInput"}
    assert classes <= outcomes.keys(), f"not in the table: {classes - outcomes.keys()}"
    for name, outcome in outcomes.items():
        print(name, "yes" if name in classes else "no", outcome, sep="\t")


main()
