"""People keep their places in the array, whatever the order an estimator names them in."""

import numpy as np
from pose_samples import LAYOUT, make_body, see

from crossglg.sources.pose import SlotTracker
from crossglg.sources.pose.tracking import FORGET_S


def make_tracker():
    return SlotTracker(max_persons=2, joint_count=LAYOUT.joint_count)


def across(frame):
    """Where each place's person stands, None where nobody is."""
    hip = LAYOUT.index("left_hip")
    there = frame.visible.any(axis=1)
    return [
        round(float(j[hip, 0]), 1) if seen else None
        for j, seen in zip(frame.joints, there, strict=True)
    ]


def people(*places):
    body = make_body(np.random.default_rng(2))
    left = body[LAYOUT.index("left_hip"), 0]
    return [see(body, np.array([-x - left, 0.0, 3.0])) for x in places]


def test_two_people_named_in_another_order_keep_their_places():
    tracker = make_tracker()
    assert across(tracker.track(people(-0.8, 0.8), time_s=0.0)) == [-0.8, 0.8]
    assert across(tracker.track(people(0.7, -0.7), time_s=0.1)) == [-0.7, 0.7]


def test_somebody_out_of_sight_leaves_a_gap_and_comes_back_to_it():
    tracker = make_tracker()
    tracker.track(people(-0.8, 0.8), time_s=0.0)
    assert across(tracker.track(people(0.8), time_s=0.1)) == [None, 0.8]
    assert across(tracker.track(people(0.8, -0.8), time_s=0.2)) == [-0.8, 0.8]


def test_a_place_is_free_again_once_its_person_is_forgotten():
    tracker = make_tracker()
    tracker.track(people(-0.8, 0.8), time_s=0.0)
    for n in range(1, 15):
        tracker.track(people(0.8), time_s=0.1 * n)
    assert FORGET_S < 1.4
    assert across(tracker.track(people(0.8, -0.1), time_s=1.5)) == [-0.1, 0.8]


def test_a_crowd_larger_than_the_array_leaves_somebody_out():
    frame = make_tracker().track(people(-0.8, 0.0, 0.8), time_s=0.0)
    assert across(frame) == [-0.8, 0.0]


def test_nobody_is_a_frame_without_anybody():
    frame = make_tracker().track([], time_s=0.0)
    assert not frame.visible.any()
    assert not frame.joints.any()
