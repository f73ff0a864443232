"""`dateline`, and `python -m search`: loads the commands, which takes most of a second, and runs them.

It imports nothing itself, so that the processes of a rebuild, which load it too, do not load the web.
"""

import gc
import os
import signal
import sys
from importlib import import_module
from typing import NoReturn


def main() -> int:
    """Run the command line; the exit status is returned."""
    hears_ctrl_c = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if hears_ctrl_c:
        # An exception would be told in many lines, or lost in what is being imported.
        signal.signal(signal.SIGINT, _end)
    # By its name: the commands of the web stand on those of search, and search does not know of the web.
    # What is loaded is no garbage; to look through it takes a tenth of the time that loading does.
    gc.disable()
    command_line = import_module("web.cli")
    gc.freeze()
    gc.enable()
    if hears_ctrl_c:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return int(command_line.main())


def _end(*_: object) -> NoReturn:
    os.write(2, b"dateline: Stopped; the index is as it was.\n")
    os._exit(2)


if __name__ == "__main__":
    sys.exit(main())
