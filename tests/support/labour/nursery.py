"""A process that has loaded the program once, and forks workers that needn't load it again.

`python -m labour.nursery`: each line on its input asks for something, each line on its output
answers. Loading takes seconds of a processor, and the tests of faults start a worker after the
other. What is forked is a process like any other: it can be killed, stopped and continued.
"""

import atexit
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

from labour.waiting import until


class Nursery:
    """The other end of the pipe: starts workers and knows how they ended."""

    def __init__(self, root: Path, paths: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "labour.nursery"],
            cwd=root, env={**os.environ, "PYTHONPATH": paths}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._turn = threading.Lock()

    def start(
        self,
        module: str,
        arguments: tuple[str, ...],
        environment: dict[str, str],
        said: Path | None,
    ) -> "Forked":
        """Start a process, the leader of a group of its own."""
        asked = {"module": module, "arguments": arguments, "environment": environment}
        return Forked(self, int(self._ask({**asked, "said": str(said or os.devnull)})))

    def code(self, pid: int) -> int | None:
        """Return the code with which a process ended (minus a signal's number); None before."""
        answer = self._ask({"ended": pid})
        return None if answer is None else int(answer)

    def _ask(self, what: dict[str, Any]) -> Any:
        with self._turn:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


class Forked:
    """A process of the nursery's, with what is used of a `subprocess.Popen`."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid

    def poll(self) -> int | None:
        return self._nursery.code(self.pid)

    def wait(self, timeout: float) -> int:
        until(lambda: self.poll() is not None, within_s=timeout, what=f"the end of {self.pid}")
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)


@cache
def nursery(root: Path, paths: str) -> Nursery:
    """Return the nursery of this process, which ends with it."""
    made = Nursery(root, paths)
    atexit.register(made.close)
    return made


def _become(asked: dict[str, Any]) -> None:
    """Be the worker that was asked for, and end as its program ends."""
    os.setsid()
    nothing, said = os.open(os.devnull, os.O_RDWR), os.open(asked["said"], os.O_WRONLY | os.O_CREAT)
    for number, opened in enumerate((nothing, nothing, said)):
        os.dup2(opened, number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv[1:] = asked["arguments"]
    code: Any = 1
    try:
        runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def main() -> None:
    import labour.tasks  # noqa: F401

    ended: dict[int, int] = {}
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        if "module" in asked:
            answer: int | None = os.fork()
            if answer == 0:
                _become(asked)
        else:
            pid = asked["ended"]
            if pid not in ended:
                found, status = os.waitpid(pid, os.WNOHANG)
                if found:
                    ended[pid] = os.waitstatus_to_exitcode(status)
            answer = ended.get(pid)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
