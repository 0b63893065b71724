"""Compare pictures of data sets with the same images read as arrays, and measure the time and memory of pictures.

python -m tests.tools.picture_path                  MNIST's test images as pictures; time and memory
python -m tests.tools.picture_path --training       MNIST's training images instead
python -m tests.tools.picture_path --semeion FILE   also the digits of semeion (development data)
"""

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from model.data import mnist
from model.inference.answer import Verdict
from model.inference.classifier import Classifier
from model.preprocessing.decoding import decode
from model.preprocessing.normalization import normalize
from tests.helpers.pictures import BLACK, DRAWN, WHITE, colored, saved

COUNT, SEED = 500, 1
MEGAPIXELS = (1, 12, 25)


def enlarged(image: np.ndarray, times: int, margin: int = 0) -> Image.Image:
    """Return an image, uint8 (H, W), 255 is ink, as a picture with dark ink. margin: in pixels of the image."""
    picture = Image.fromarray(255 - np.pad(image, margin))
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.BICUBIC)


def cropped(image: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def compare(classifier: Classifier, title: str, images: Sequence, labels: Sequence, picture: Callable) -> None:
    """Print how many images are read as arrays and as pictures."""
    arrays = [
        classifier.read_image(normalize(image / 255)).digit == label
        for image, label in zip(images, labels, strict=True)
    ]
    read, unsure, wrong = 0, 0, 0
    for image, label in zip(images, labels, strict=True):
        answer = classifier.read_picture(picture(image))
        read += answer.number == str(label)
        unsure += answer.verdict != Verdict.DIGIT and answer.number != str(label)
        wrong += answer.verdict == Verdict.DIGIT and answer.number != str(label)
    share = read / max(sum(arrays), 1)
    print(
        f"{title:<44} as arrays {sum(arrays)}, as pictures {read} ({share:.1%}), not sure or rejected {unsure},"
        f" silently wrong {wrong} of {len(images)}",
        flush=True,
    )


def measure_time(classifier: Classifier) -> None:
    for megapixels in MEGAPIXELS:
        side = round((megapixels * 1_000_000) ** 0.5)
        for form in ("PNG", "JPEG"):
            content = saved(colored(BLACK, WHITE, DRAWN).resize((side, side)), form)
            times = []
            for _ in range(3):
                content.seek(0)
                start = time.process_time()
                planes = decode(content)
                middle = time.process_time()
                classifier.read_planes(planes)
                times.append((middle - start, time.process_time() - middle))
            decoding, reading = np.min(times, axis=0)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{megapixels:>2} megapixels, {form:<4}: {decoding:.2f} s decode, {reading:.2f} s read (CPU time); "
                f"peak memory of this process {peak:.0f} MB",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--semeion", type=Path, metavar="FILE", help="semeion.npz")
    parser.add_argument("--count", type=int, default=COUNT, metavar="N", help="images (default: %(default)s)")
    parser.add_argument("--training", action="store_true", help="read training images, not test images")
    options = parser.parse_args()
    classifier, rng = Classifier.load(), np.random.default_rng(SEED)
    measure_time(classifier)
    data = mnist.load()
    split = data.train if options.training else data.test
    chosen = rng.choice(len(split.labels), min(options.count, len(split.labels)), replace=False)
    images, labels = np.asarray(split.images)[chosen], split.labels[chosen]
    compare(classifier, "MNIST, 28×28", images, labels, lambda image: Image.fromarray(255 - image))
    compare(classifier, "MNIST, 28×28, white on black", images, labels, Image.fromarray)
    compare(classifier, "MNIST, ×10", images, labels, lambda image: enlarged(image, 10))
    compare(classifier, "MNIST, ×10, cropped", images, labels, lambda image: enlarged(cropped(image), 10))
    if options.semeion:
        file = np.load(options.semeion)
        chosen = rng.choice(len(file["labels"]), min(options.count, len(file["labels"])), replace=False)
        images, labels = file["images"][chosen], file["labels"][chosen]
        title = "semeion (development data), ×16"
        compare(classifier, f"{title}, margin", images, labels, lambda image: enlarged(image, 16, margin=4))
        compare(classifier, f"{title}, cropped", images, labels, lambda image: enlarged(cropped(image), 16))


if __name__ == "__main__":
    main()
