"""A run of tests that is killed leaves no process behind."""

import subprocess
import sys

import pytest

from tests.parts import ROOT
from tests.stack.conftest import wait_until
from tests.stack.zygote import is_alive

PARENT = """
import os, sys, time
from tests.stack.ending import end_with
own = os.getpid()
pid = os.fork()
if not pid:
    os.setsid()
    end_with(own)
    print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_child_ends_when_its_parent_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
    wait_until(lambda: not is_alive(child), seconds=10)
