"""Decode pictures in two worker processes: one for pictures that are decoded quickly, one for all others.

Every picture first goes to the quick lane. If the picture takes too much time or memory there, it goes to the thorough
lane. Therefore a picture that is slow to decode does not delay ordinary pictures much.
"""

import time

import numpy as np

from model.errors import InputError
from model.preprocessing.decoding import TooDemandingError
from web.batching import Overloaded
from web.pictures.lane import Lane, LaneBusyError, Limits, TooSlowError, WorkerFailedError

MAX_SECONDS = 5
"""Maximum time from the arrival of a picture to its planes, including the wait for a worker."""
# Both workers together take at most about 300 MB: without a picture, each takes 33 MB. The memory of the thorough lane
# is enough for 25 megapixels with transparency.
QUICK = Limits(memory=32_000_000, seconds=0.5)
THOROUGH = Limits(memory=225_000_000, seconds=4.4)
ADVICE = "send a smaller picture, or save it again as PNG or as JPEG that is not progressive."
TOO_SLOW = f"The picture takes too long to decode; {ADVICE}"
TOO_LARGE = f"The picture takes too much memory to decode; {ADVICE}"
FAILED = f"The picture cannot be decoded, because its file is damaged or unusual; {ADVICE}"


class PictureDecoder:
    """Decodes picture files in worker processes. Thread-safe. The workers end with this process."""

    def __init__(self, quick: Limits = QUICK, thorough: Limits = THOROUGH, max_seconds: float = MAX_SECONDS):
        self.quick, self.thorough, self.max_seconds = Lane(quick), Lane(thorough), max_seconds

    def start(self) -> None:
        """Start the workers, and do not wait. Without this call, they start with the first picture."""
        self.quick.start()
        self.thorough.start()

    def decode(self, content: bytes) -> np.ndarray:
        """Return the planes of a picture file, float32 (H, W, C), as `model.preprocessing.decoding.decode` does.

        Raises InputError if the file is not a picture, or takes too much time or memory, and Overloaded if the workers
        are busy for too long.
        """
        deadline = time.monotonic() + self.max_seconds
        try:
            try:
                return self.quick.decode(content, deadline)
            except (TooSlowError, TooDemandingError, WorkerFailedError):
                return self.thorough.decode(content, deadline)
        except LaneBusyError:
            raise Overloaded from None
        except TooSlowError:
            raise InputError(TOO_SLOW) from None
        except TooDemandingError:
            raise InputError(TOO_LARGE) from None
        except WorkerFailedError:
            raise InputError(FAILED) from None

    def close(self) -> None:
        """End the workers."""
        self.quick.close()
        self.thorough.close()
