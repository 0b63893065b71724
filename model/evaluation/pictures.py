"""Measure a checkpoint on a folder of labeled pictures: each as one digit, and end to end."""

import numpy as np

from model.classes import classes_of
from model.data.pictures import NON_DIGITS, LabeledPictures
from model.evaluation import metrics
from model.inference.answer import Answer, Verdict
from model.inference.classifier import Classifier


def measure_digits(classifier: Classifier, pictures: LabeledPictures) -> dict:
    """Return the `drawing_metrics` of pictures of digits, and their outcomes on the page as "end_to_end"."""
    labels = classes_of(pictures.labels)
    predictions = metrics.predict(classifier, pictures.images)
    results = metrics.drawing_metrics(predictions, labels, [str(path) for path in pictures.paths])
    results |= metrics.accuracy_without_augmentation(classifier, pictures.images, labels)
    return results | {"end_to_end": metrics.outcomes(_read_all(classifier, pictures), pictures.labels)}


def measure_non_digits(classifier: Classifier, digits: LabeledPictures, non_digits: LabeledPictures) -> dict:
    """Return the `rejection_metrics` of pictures that are not digits, against pictures of digits."""
    digit_scores, scores = (metrics.predict(classifier, part.images).not_digit for part in (digits, non_digits))
    labels = [NON_DIGITS] * len(non_digits)
    results = metrics.rejection_metrics(digit_scores, scores, labels, classifier.notes["rejection_threshold"])
    rejected = [answer.verdict == Verdict.NOT_DIGIT for answer in _read_all(classifier, non_digits)]
    return results | {"end_to_end_rejected": float(np.mean(rejected))}


def _read_all(classifier: Classifier, pictures: LabeledPictures) -> list[Answer]:
    return [classifier.read_picture(path) for path in pictures.paths]
