"""Marks for tests of what is not built yet."""

import functools
import re

import pytest

from harness.server import run


@functools.cache
def offered():
    """The options that this build knows."""
    return frozenset(re.findall(r"--[a-z][a-z-]*", run("serve", "--help").stdout))


def needs(*flags):
    """The test uses these options: expected to fail, and nothing else, as long as `serve --help` does not list them."""
    missing = [flag for flag in flags if flag not in offered()]
    return pytest.mark.xfail(bool(missing), strict=True, reason="not built: " + " ".join(missing))
