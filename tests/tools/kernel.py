"""Assemble the engine's convolution: assets/engine/kernel.wat becomes kernel.wasm. Run it after a change of the text.

python -m tests.tools.kernel
"""

import wasmtime

from tests.helpers.paths import ROOT

TEXT = ROOT / "assets" / "engine" / "kernel.wat"
BINARY = TEXT.with_suffix(".wasm")


def assembled() -> bytes:
    """Return the WebAssembly binary of the text. The same text always gives the same bytes."""
    return bytes(wasmtime.wat2wasm(TEXT.read_text(encoding="utf-8")))


if __name__ == "__main__":
    BINARY.write_bytes(assembled())
    print(f"{BINARY.name}: {BINARY.stat().st_size:,} bytes")
