"""A small model and four clips."""

import pytest
from gallery_samples import make_recogniser

from crossglg.gallery import Gallery
from crossglg.sources.choreography import choreography


@pytest.fixture(scope="session")
def recogniser():
    return make_recogniser()


@pytest.fixture(scope="session")
def clips():
    """Four clips of two performers: (wave, clap) each."""
    actions = ["wave right hand", "squat"]
    data = choreography(performers=2, repeats=1, classes=actions)
    return list(data.clips()), [data.class_names[label] for label in data.labels]


@pytest.fixture(scope="module")
def squat(clips):
    """One performer's squat, and standing still."""
    (_, squat, *_), _ = clips
    return squat


@pytest.fixture(scope="module")
def gallery(recogniser, clips):
    shown, names = clips
    return Gallery(recogniser).enroll(names[0], shown[0]).enroll("squat", shown[1])
