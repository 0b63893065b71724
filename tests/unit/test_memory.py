"""The limit on the memory areas of the C library."""

import ctypes
import sys
from types import SimpleNamespace

from web import memory


def test_the_number_of_memory_areas_is_limited_with_the_gnu_c_library_only(monkeypatch):
    calls = []
    monkeypatch.setattr(sys, "platform", "linux")
    for library in (SimpleNamespace(mallopt=lambda *values: calls.append(values)), SimpleNamespace()):
        monkeypatch.setattr(ctypes, "CDLL", lambda name, library=library: library)
        memory.limit_arenas()
    monkeypatch.setattr(sys, "platform", "darwin")
    memory.limit_arenas()
    assert calls == [(-8, memory.MAX_ARENAS)]
