"""What is done with the classes of classes.rs, built before and after their rewrite.

    python scenarios.py single    every step of every class by one thread: what came of it
    python scenarios.py hammer    one call by 8 threads, 20,000 times each: exceptions, and whether nothing was lost
    python scenarios.py reenter   callbacks that come back to the object that calls them

Prints one JSON object. A program that hangs is ended, with all stacks, by faulthandler.
"""

import faulthandler
import gc
import json
import sys
import threading

import probe
from probe import *

THREADS = 8
CALLS = 20_000
N = THREADS * CALLS

# Class: how it is made; steps for one thread; one call for many; what must be true after N of them.
SCENARIOS = {
    "Counter": ("Counter()", ["o.hit(2)", "o.hits", "o.last()", "o.hit(-1)", "o.hits"], "o.hit(2)", "o.hits == 2 * N"),
    "Gauge": ("Gauge(5)", ["o.shift(-7)", "o.read()", "o.shift('x')"], "o.shift(1); o.read()", "o.read() == (5 + N, N)"),
    "Hits": ("Hits('x')", ["o.add(3)", "o.count", "setattr(o, 'count', 9)", "o.add(1)", "o.name()"], "o.add(2)", "o.count == 2 * N"),
    "Level": ("Level()", ["o.raise_by(4)", "o.lower()", "o.value()"], "o.raise_by(3); o.lower()", "o.value() == 2 * N"),
    "Switch": ("Switch()", ["o.is_on()", "o.set(True)", "o.is_on()"], "o.set(True); o.is_on()", "o.is_on()"),
    "Point": (
        "Point(1.5, 2)",
        ["o.x", "o.shift(1, 1)", "(o.x, o.y)", "setattr(o, 'y', 0.5)", "o.y", "o.norm()", "repr(o)", "o == Point(2.5, 0.5)", "o != Point(0, 0)", "o == o"],
        "o.shift(1, 2)",
        "(o.x, o.y) == (1.5 + N, 2 + 2 * N)",
    ),
    "Words": ("Words()", ["o.push('b')", "o.push('a')", "o.sort()", "o.joined()", "o[0]", "o[5]", "len(o)", "o.pop()", "o.pop()", "o.pop()"], "o.push('w')", "len(o) == N"),
    "Table": (
        "Table()",
        ["o.add('a', 2)", "o['a']", "o['b']", "o.misses", "'a' in o", "o.__setitem__('c', 4)", "o['c']", "o.__delitem__('c')", "o.__delitem__('c')"],
        "o.add('k', 1); 'k' in o",
        "o['k'] == N",
    ),
    "Queue": ("Queue()", ["o.put(1)", "o.put(2)", "o.put(3)", "o.put(4)", "o.get()", "o.limit", "setattr(o, 'limit', 1)", "setattr(o, 'limit', 0)", "o.get()", "o.get()"], "o.limit = 5; o.get()", "o.limit == 5"),
    "Stats": ("Stats()", ["o.mean()", "o.add(2.5)", "o.add_all([1.5, 5])", "o.mean()", "o.smallest()"], "o.add(2.0)", "o.mean() == 2.0 and o.add_all([]) == N"),
    "Ids": ("Ids(4)", ["o.next()", "o.peek()", "o.next()"], "made.append(o.next())", "len(set(made)) == N and o.peek() == N + 5"),
    "Pair": ("Pair(3, 4)", ["o.swap()", "o.give(1)", "o.swap()"], "o.swap(); made.append(o.give(1))", "set(made) == {7}"),
    "Writer": ("Writer()", ["o.write('x')", "len(o)", "o.write('y')"], "o.write('x')", "len(o) == N"),
    "Seen": ("Seen()", ["o.is_new(1)", "o.is_new(1)", "len(o)", "o.forget()", "len(o)"], "made.append(o.is_new(len(made) % 100))", "len(o) <= 100 and made.count(True) == len(o)"),
    "Range": ("Range(3)", ["list(o)", "list(o)", "iter(o) is o"], "next(o, None)", "True"),
    "Countdown": ("Countdown(3)", ["next(o)", "list(o)", "list(o)"], "next(o, None)", "True"),
    "Builder": ("Builder()", ["o.built()", "o.at_host('h') is o", "o.at_port(8080).at_host('w').built()", "o.at_port(-1)"], "o.at_port(81).built()", "o.built() == 'localhost:81'"),
    "Button": ("Button()", ["o.press()", "o.connect(print_nothing)", "o.press()", "o.connect(fail)", "o.press()", "o.presses", "o.connect(None)", "o.press()"], "o.press()", "o.presses == N"),
    "Holder": ("Holder()", ["o.push([])", "o.push('x')", "o.first()", "o.pop()", "len(o)", "o.push(o)", "len(o)", "o.clear()", "o.pop()"], "o.push([]); o.first()", "len(o) == N"),
    "Slot": ("Slot()", ["o.get()", "o.swap(1)", "o.swap('x')", "o.set([])", "o.get()", "o.swap(None)"], "o.swap([]); o.set({}); o.get()", "o.get() is not None"),
    "Parsed": ("Parsed()", ["o.add(3)", "o.add('x')", "o.add(True)", "o.total()"], "o.add(2)", "o.total() == (2 * N, N)"),
    "Setting": ("Setting()", ["o.take(4)", "o.take('x')", "o.name(12)", "o.report(print_nothing)", "o.report(fail)", "o.names()"], "o.name('n'); o.take(1)", "o.names() == N"),
    "Worker": ("Worker()", ["o.work(4)", "o.work(3)"], "o.work(4)", "o.work(0) == 6 * N"),
    "Server": ("Server()", ["o.stop()", "o.start(80)", "o.stop()", "o.stop()", "o.starts()"], "o.start(1); o.stop()", "o.starts() == N"),
    "Series": (
        "Series('s', [1.0])",
        ["o.push(2.5)", "len(o)", "o.name", "setattr(o, 'name', 't')", "o.label()", "o.scaled(2).map(float)", "o.extend(o.scaled(3))", "o.map(lambda it: it + 1)", "o.map(fail)", "o == Series('t', [1.0, 2.5, 3.0, 7.5])", "o != o.scaled(1)", "o == 1", "o.extend(1)", "type(o).__name__", "type(o.scaled(1)) is type(o)", "o.reset()", "(o.name, len(o))"],
        "o.push(1.0); o.label()",
        "len(o) == N + 1",
    ),
    "Saved": (
        "Saved()",
        ["o.__setstate__((3, 4))", "o.swap()", "o.__setstate__((1, 'x'))", "o.__getstate__()"],
        "o.__setstate__((7, 8)); o.swap()",
        "set(o.__getstate__()) == {7, 8}",
    ),
    "Tally": ("Tally()", ["o.count(3)", "o.count_all([1, 3, 3])", "o.items()"], "o.count(7)", "o.items() == [(7, N)]"),
    "Shown": ("Shown('x')", ["o.more()", "str(o)", "o.more()"], "o.more()", "str(o) == f'x x{N}'"),
    "Named": ("Named('x')", ["o.name", "setattr(o, 'name', 'y')", "o.name", "o.renames()", "setattr(o, 'name', 1)"], "o.name = 'n'; o.name", "o.renames() == N"),
    "Timer": ("Timer()", ["bool(o)", "o.__enter__() is o", "o.running()", "o.lap(4)", "bool(o)", "o.__exit__(None, None, None)", "o.running()"], "o.lap(1)", "o.lap(0) == N + 1"),
    "Matrix": ("Matrix(2, 3)", ["o.add(0, 2, 5)", "o.add(2, 0, 1)", "o.transpose()", "o.add(2, 0, 1)", "o.sum()"], "o.add(1, 1, 1)", "o.sum() == N"),
    "Random": ("Random(7)", ["o.draw()", "o.draw()", "o.drawn()"], "made.append(o.draw())", "len(set(made)) == N and o.drawn() == N"),
    "Extremes": ("Extremes()", ["o.see(4)", "o.see(2)", "o.see_low(-3)", "o.see_low(5)", "o.most()", "o.least()"], "made.append(0); o.see(len(made)); o.see_low(-len(made))", "o.least() == -N and o.most() == N"),
    "Tickets": ("Tickets(3)", ["o.draw()", "o.draw()", "o.restart(7)", "o.draw()", "o.restart(-1)"], "made.append(o.draw())", "len(set(made)) == N and o.draw() == 3 * N"),
    "Toggle": ("Toggle()", ["o.toggle()", "o.toggle()"], "made.append(o.toggle())", "made.count(True) == made.count(False) == N // 2"),
    "First": ("First()", ["o.take()", "o.take()", "o.give()", "o.give()", "o.take()"], "made.append(o.take() - o.give())", "sum(made) == int(not o.take())"),
    "Total": ("Total()", ["o.add(1.5)", "o.twice()", "o.sum", "setattr(o, 'sum', 0.25)", "o.sum", "setattr(o, 'sum', 'x')"], "o.add(0.5)", "o.sum == N / 2"),
    "Bounded": ("Bounded(2)", ["o.enter()", "o.enter()", "o.enter()", "o.count()"], "made.append(o.enter())", "made.count(True) == 2 and o.count() == 2"),
    "Numbers": (f"Numbers({N})", ["next(o)", "next(o)", "iter(o) is o"], "made.append(next(o))", "sorted(made) == list(range(N)) and next(o, None) is None"),
    "Mixer": ("Mixer('x')", ["o.mix(5)", "o.odd()", "o.odd()", "o.mix(4294967295)", "o.copied().odd()", "o.copied().name()", "o.odd()"], "o.odd()", "o.copied().odd() == 0"),
    "Cache": ("Cache(4)", ["o.put(1, 'x')", "o.put(2, 'y')", "o.get(1)", "o.get(3)", "len(o)", "o.reset()", "len(o)", "o.size()"], "o.put(len(made), 1)", "len(o) == N"),
    "Ring": (
        "Ring()",
        ["o.push(3)", "o.push(-4)", "o.map(abs)", "o.map(print_nothing)", "o.map(fail)", "o.same_by(o, abs)", "o.same_by(Ring(), abs)", "o.pushed()"],
        "o.push(1); o.map(abs); o.same_by(o, abs)",
        "o.pushed() == N and o.map(abs) == ([1, 1, 1, 1], N)",
    ),
    "Batches": ("Batches()", ["o.add_all([1, 2])", "o.add_all([3, 'x'])", "o.add(4)", "o.add('four')", "o.add(None)", "o.found()"], "o.add_all([1, 2])", "o.found() == (3 * N, 2 * N)"),
    "Lazy": (
        "Lazy(2)",
        ["o.list(range)", "o.list(fail)", "o.show(fail)", "o.forget()", "o.list(fail)", "o.show(range)"],
        "made.append(o.list(lambda size: [size]))",
        "len({id(it) for it in made}) == 1",
    ),
    "Alarm": (
        "Alarm(7, print_nothing)",
        ["o.tick()", "o.tick()", "o.rung()", "o.tick()", "o.tick()", "o.tick()", "o.wind(2)", "o.tick()", "o.rung()"],
        "o.wind(1); o.tick()",
        "True",
    ),
}


def print_nothing(*_):
    return None


def fail(*_):
    raise LookupError("as asked")


def step(text, names):
    try:
        value = eval(text, names)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return repr(value) if "object at" not in repr(value) else type(value).__name__


def single():
    found = {}
    for name, (make, steps, _, _) in SCENARIOS.items():
        names = {**globals(), "made": []}
        names["o"] = eval(make, names)
        found[name] = [step(it, names) for it in steps]
    gc.collect()
    return found


def hammer():
    return {name: hammered(*it) for name, it in SCENARIOS.items()}


def hammered(make, _, call, total):
    names = {**globals(), "made": []}
    names["o"] = eval(make, names)
    code = compile(call, "call", "exec")
    errors = []
    start = threading.Barrier(THREADS)

    def work():
        start.wait()
        for _ in range(CALLS):
            try:
                exec(code, names)
            except BaseException as error:
                errors.append(type(error).__name__)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    return {"exceptions": len(errors), "right": bool(eval(total, names)), "kinds": sorted(set(errors))}


class Dropped:
    """Comes back to the object that drops it."""

    def __init__(self, back):
        self.back = back

    def __del__(self):
        self.back()


def reenter():
    button = Button()
    button.connect(lambda presses: button.connect(None) if presses > 1 else button.press())
    seen = [button.press(), button.presses, button.press()]
    holder = Holder()
    holder.push(Dropped(lambda: holder.push(1)))
    holder.clear()
    seen.append(len(holder))
    holder.push(holder)
    del holder
    gc.collect()
    slot = Slot()
    slot.set(Dropped(lambda: slot.set(2)))
    slot.set(3)
    seen.append(slot.get())
    setting = Setting()

    class Text:
        def __str__(self):
            setting.name("inner")
            return "outer"

    setting.name(Text())
    setting.report(lambda value, names: setting.take(value + names))
    seen.append(setting.names())
    cache = Cache(1)
    cache.put(1, Dropped(lambda: cache.put(2, None)))
    cache.reset()
    seen.append(len(cache))
    ring = Ring()
    ring.push(5)
    ring.push(6)
    # What it pushes meanwhile, the reader does not see.
    seen += [*ring.map(ring.push), ring.pushed(), ring.same_by(ring, lambda value: ring.push(value) and value)]
    lazy = Lazy(3)
    # What is made meanwhile, by the same thread, counts.
    seen.append(str(lazy.list(lambda size: lazy.list(range) and [size])))
    alarm = Alarm(7, lambda *_: alarm.rung() < 9 and (alarm.wind(1), alarm.tick()))
    seen += [alarm.tick(), alarm.tick(), alarm.rung()]
    batches = Batches()
    batches.add_all(batches.add(it) or it for it in range(4))
    seen.append(batches.found())
    return {"seen": seen}


if __name__ == "__main__":
    faulthandler.dump_traceback_later(240, exit=True)
    missing = sorted(set(SCENARIOS) - set(dir(probe)))
    assert not missing, missing
    found = {"single": single, "hammer": hammer, "reenter": reenter}[sys.argv[1]]()
    gil = sys._is_gil_enabled() if hasattr(sys, "_is_gil_enabled") else True
    print(json.dumps({"gil": gil, "found": found}))
