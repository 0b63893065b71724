"""Keep the memory of the server low: the C library reuses freed memory instead of asking the system for more."""

import ctypes
import sys

MAX_ARENAS = 2
"""Maximum number of the C library's separate memory areas. By default, there are up to 8 for each processor core, and
each area keeps freed memory for its own threads. With many threads, 3,000 abandoned calls then leave 130 MB more."""
_M_ARENA_MAX = -8  # From malloc.h of the GNU C library.


def limit_arenas() -> None:
    """Limit the number of memory areas. Does nothing if the C library is not the GNU C library."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, MAX_ARENAS)
