"""Cleaning keeps people, drops furniture, and leaves no joint unseen."""

from itertools import pairwise

import numpy as np
import pytest

from crossglg.errors import ClipError, ConfigError
from crossglg.skeleton import SkeletonClip, get_layout, recognise_layout
from crossglg.skeleton.cleaning import choose_persons, clean, drop_noise, fill_gaps

NTU = get_layout("ntu25")
WRIST = NTU.index("left_wrist")
FRAMES = 30


@pytest.fixture
def table(stand):
    """A body 3 m wide and 1 m high that flickers: what a depth sensor makes of furniture."""
    flicker = np.random.default_rng(0).normal(0.0, 0.2, (FRAMES, NTU.joint_count, 3))
    return stand("ntu25", frames=FRAMES) * [8.0, 0.5, 1.0] + flicker


def unseen(body, frames):
    body = body.copy()
    body[frames] = np.nan
    return body


def test_the_most_active_person_comes_first_whatever_the_order(walk, stand, as_clip):
    still, slow, fast = stand("ntu25", frames=FRAMES), walk(speed=0.5), walk(speed=2.0)
    for persons in ((still, slow, fast), (fast, still, slow), (slow, fast, still)):
        chosen = choose_persons(as_clip(*persons), max_persons=2)
        np.testing.assert_array_equal(chosen.joints, as_clip(fast, slow).joints)


def test_a_person_seen_twice_as_long_is_twice_as_active(walk, as_clip):
    long, short = walk(speed=1.0), unseen(walk(speed=1.5), slice(14, None))
    chosen = choose_persons(as_clip(short, long), max_persons=1)
    assert chosen.present.all()


def test_where_nobody_moves_the_person_seen_better_comes_first_then_the_larger(stand, as_clip):
    small, large = stand("ntu25") * 0.8, stand("ntu25")
    hidden = stand("ntu25")
    hidden[0, WRIST] = np.nan
    chosen = choose_persons(as_clip(hidden, small, large), max_persons=3)
    np.testing.assert_array_equal(chosen.joints, as_clip(large, small, hidden).joints)


def test_persons_never_seen_are_not_chosen(stand, as_clip):
    nobody = np.full((1, 25, 3), np.nan)
    assert choose_persons(as_clip(nobody, stand("ntu25")), max_persons=2).person_count == 1


@pytest.mark.parametrize("step", [choose_persons, clean])
def test_at_least_one_person_must_be_wanted(stand, as_clip, step):
    with pytest.raises(ConfigError, match="max_persons=0"):
        step(as_clip(stand("ntu25")), max_persons=0)


def test_bodies_seen_in_a_few_frames_are_noise(walk, as_clip):
    blink = unseen(walk(speed=9.0), slice(3, None))
    assert drop_noise(as_clip(blink, walk())).person_count == 1


def test_a_person_who_comes_late_is_not_noise(walk, as_clip):
    late = unseen(walk(), slice(0, 20))
    assert drop_noise(as_clip(late, walk())).person_count == 2


def test_a_long_clip_in_which_people_pass_briefly_keeps_them(walk, as_clip):
    first, second = unseen(walk(), slice(3, None)), unseen(walk(), slice(0, -3))
    assert drop_noise(as_clip(first, second)).person_count == 2


@pytest.mark.parametrize("angle_rad", [0.0, 0.7, np.pi / 2])
def test_wide_bodies_are_noise_from_wherever_one_looks(walk, as_clip, table, angle_rad):
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    kept = drop_noise(as_clip(table @ turn, walk() @ turn))
    np.testing.assert_array_equal(kept.joints, as_clip(walk() @ turn).joints)


def test_arms_spread_for_a_moment_are_not_noise(stand, walk, as_clip):
    body = stand("ntu25", frames=FRAMES)
    for joint, x in (("left_hand_tip", -0.8), ("right_hand_tip", 0.8)):
        body[:15, NTU.index(joint), :2] = (x, 1.4)
    assert drop_noise(as_clip(body, walk())).person_count == 2


def test_the_only_body_is_kept_however_wide(as_clip, table):
    assert drop_noise(as_clip(table)).person_count == 1


def test_where_all_bodies_are_wide_none_is_dropped_for_it(stand, as_clip):
    lying = stand("ntu25", frames=3)[..., [1, 0, 2]]
    assert drop_noise(as_clip(lying, lying + 1.0)).person_count == 2


def test_a_gap_is_crossed_in_a_straight_line(stand, as_clip):
    body = stand("ntu25", frames=5)
    body[4, WRIST] += 0.4
    body[1:4, WRIST] = np.nan
    filled = fill_gaps(as_clip(body))
    assert filled.visible.all()
    steps = filled.joints[0, :, WRIST] - filled.joints[0, 0, WRIST]
    np.testing.assert_allclose(steps[:, 0], [0.0, 0.1, 0.2, 0.3, 0.4], atol=1e-6)


def test_before_and_after_it_is_seen_a_joint_rests(walk, as_clip):
    body = walk(frames=6)
    filled = fill_gaps(as_clip(unseen(body, [0, 1, 5])))
    np.testing.assert_array_equal(filled.joints[0, [0, 1]], filled.joints[0, [2, 2]])
    np.testing.assert_array_equal(filled.joints[0, 5], filled.joints[0, 4])
    np.testing.assert_array_equal(filled.joints[0, 2:5], body[2:5].astype(np.float32))


def test_a_joint_never_seen_is_where_its_parent_is(walk, as_clip):
    body = walk()
    body[:, [NTU.index("left_hand"), NTU.index("left_thumb")]] = np.nan
    filled = fill_gaps(as_clip(body))
    for joint in ("left_hand", "left_thumb"):
        np.testing.assert_array_equal(
            filled.joints[0, :, NTU.index(joint)], filled.joints[0, :, WRIST]
        )
    assert filled.visible.all()


def test_a_root_never_seen_is_in_the_middle_of_the_others(walk, as_clip):
    layout = get_layout("coco17")
    body = walk(layout_name="coco17")
    body[:, [layout.index("nose"), layout.index("left_eye")]] = np.nan
    filled = fill_gaps(as_clip(body, layout_name="coco17"))
    middle = np.nanmean(body, axis=1)
    for joint in ("nose", "left_eye"):
        np.testing.assert_allclose(filled.joints[0, :, layout.index(joint)], middle, atol=1e-5)


def test_a_person_never_seen_stays_absent(walk, as_clip):
    filled = fill_gaps(as_clip(unseen(walk(), slice(None)), unseen(walk(), [3])))
    assert not filled.visible[0].any()
    assert (filled.joints[0] == 0).all()
    assert filled.visible[1].all()


def test_clean_does_it_all(walk, as_clip, table):
    late, blink = unseen(walk(speed=0.5), slice(0, 10)), unseen(walk(), slice(2, None))
    nobody = unseen(walk(), slice(None))
    still = unseen(walk(speed=0.0), [7])
    cleaned = clean(as_clip(nobody, table, blink, still, late, walk(speed=2.0)))
    assert cleaned.person_count == 2
    assert cleaned.visible.all()
    np.testing.assert_array_equal(cleaned.joints[0], walk(speed=2.0).astype(np.float32))
    np.testing.assert_array_equal(cleaned.joints[1, 10:], late[10:].astype(np.float32))


def test_filling_does_not_make_a_person_of_a_blink(walk, as_clip):
    assert clean(as_clip(unseen(walk(), slice(3, None)), walk())).person_count == 1


def test_noise_does_not_take_the_place_of_a_person(walk, as_clip, table):
    cleaned = clean(as_clip(table, walk(speed=1.0), walk(speed=0.5)), max_persons=2)
    np.testing.assert_array_equal(cleaned.joints, as_clip(walk(speed=1.0), walk(speed=0.5)).joints)


@pytest.mark.parametrize("step", [clean, drop_noise])
def test_a_clip_in_which_nobody_is_seen_is_refused(walk, as_clip, step):
    with pytest.raises(ClipError, match="at least one of 30 frames, found nobody"):
        step(as_clip(unseen(walk(), slice(None))))


def test_one_frame_is_enough(stand, as_clip):
    body = stand("ntu25")
    body[0, WRIST] = np.nan
    cleaned = clean(as_clip(body))
    np.testing.assert_array_equal(
        cleaned.joints[0, 0, WRIST], cleaned.joints[0, 0, NTU.index("left_elbow")]
    )


def test_cleaning_leaves_real_clips_without_gaps_as_they_are(data_file):
    with np.load(data_file("utkinect.npz"), allow_pickle=False) as arrays:
        offsets, keypoints = arrays["offsets"], arrays["keypoints"]
        layout, order = recognise_layout([str(joint) for joint in arrays["joint_names"]])
    for start, stop in pairwise(offsets):
        clip = SkeletonClip.from_array(keypoints[start:stop, order], fps=15.0, layout=layout)
        np.testing.assert_array_equal(clean(clip).joints, clip.joints)
