"""Situations to play whose answers are known: points on a circle."""

import numpy as np

from crossglg.oneshot.trials import play_trials


def clusters(spread, classes=8, subjects=5):
    """Distances, labels, subjects of points on a circle: a cluster a class, a point a subject."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(classes), subjects)
    angles = labels * 2 * np.pi / classes + rng.normal(0, spread, len(labels))
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return distances, labels, np.tile(np.arange(subjects), classes)


def trials_of(spread, seed=1):
    """What is answered there."""
    return play_trials(*clusters(spread), rng=np.random.default_rng(seed))
