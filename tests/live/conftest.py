"""A small model and four clips."""

import pytest
from live_samples import make_recogniser

from crossglg.sources.choreography import choreography


@pytest.fixture(scope="session")
def recogniser():
    return make_recogniser()


@pytest.fixture(scope="session")
def clips():
    """Clips of two performers, a wave and a squat each, and their names."""
    actions = ["wave right hand", "squat"]
    data = choreography(performers=2, repeats=1, classes=actions)
    return list(data.clips()), [data.class_names[label] for label in data.labels]
