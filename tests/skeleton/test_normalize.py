"""Place, facing and size go; the action, its travel and who stands where to whom stay."""

import numpy as np
import pytest

from crossglg.errors import ClipError, LayoutError
from crossglg.skeleton import Layout, SkeletonClip, align, get_layout, normalize, resample
from crossglg.skeleton.rotation import rotation_about_vertical

NTU = get_layout("ntu25")


def place(clip, joint, *, person=0, frame=0):
    return clip.joints[person, frame, clip.layout.index(joint)]


def test_an_aligned_body_stands_at_the_origin_and_faces_away_from_z(walk, as_clip):
    turned = walk(at=(3.0, 1.0, -2.0)) @ rotation_about_vertical(2.0)
    aligned = align(as_clip(turned))
    hips = place(aligned, "left_hip"), place(aligned, "right_hip")
    np.testing.assert_allclose(sum(hips), 0.0, atol=1e-5)
    assert place(aligned, "right_hip")[0] > 0
    assert place(aligned, "right_hip")[2] == pytest.approx(0.0, abs=1e-5)
    toes = place(aligned, "left_foot") - place(aligned, "left_ankle")
    assert toes[2] < 0


def test_by_all_frames_a_body_faces_as_it_mostly_does(walk, as_clip):
    walked = walk(frames=30)
    jerk = rotation_about_vertical(0.6)
    walked[0] = walked[0] @ jerk  # as a sensor's first frame may be
    mistaken, steady = (align(as_clip(walked), facing=f) for f in ("first-frame", "all-frames"))

    def facing_deg(clip):
        across = place(clip, "right_hip", frame=15) - place(clip, "left_hip", frame=15)
        return abs(np.degrees(np.arctan2(across[2], across[0])))

    assert facing_deg(mistaken) == pytest.approx(np.degrees(0.6), abs=0.1)
    assert facing_deg(steady) == pytest.approx(np.degrees(0.6) / 30, abs=0.1)


def test_frames_that_do_not_show_the_torso_do_not_say_where_it_faces(walk, as_clip):
    walked = walk(frames=30)
    gone = walked.copy()
    gone[:20] = np.nan
    seen, half_seen = (align(as_clip(each), facing="all-frames") for each in (walked[20:], gone))
    np.testing.assert_allclose(half_seen.joints[:, 20:], seen.joints, atol=1e-6)


def test_an_aligned_torso_is_one_unit_long(walk, as_clip):
    aligned = align(as_clip(walk() * 1.7))
    shoulders = place(aligned, "left_shoulder") + place(aligned, "right_shoulder")
    assert np.linalg.norm(shoulders / 2) == pytest.approx(1.0, abs=1e-5)


def test_travel_of_the_body_stays(walk, as_clip):
    aligned = align(as_clip(walk(frames=31, speed=1.0)))
    hips = (place(aligned, "left_hip", frame=30) + place(aligned, "right_hip", frame=30)) / 2
    assert np.linalg.norm(hips) == pytest.approx(1.0 / 0.5, rel=1e-4)  # 1 m, torso 0.5 m


def test_a_lying_body_stays_lying(stand, as_clip):
    lying = stand("ntu25")[..., [1, 0, 2]] * [1, -1, 1]
    aligned = align(as_clip(lying))
    spine = place(aligned, "chest") - place(aligned, "pelvis")
    assert abs(spine[1]) < 1e-5


def test_persons_keep_their_geometry(walk, as_clip):
    other = walk(at=(0.3, 0.0, -1.0)) * [1.0, 1.1, 1.0]
    clip = as_clip(walk(), other)
    aligned = align(clip)

    def hands_apart(some):
        return np.linalg.norm(some.joints[0, :, 7] - some.joints[1, :, 11], axis=-1)

    np.testing.assert_allclose(hands_apart(aligned), hands_apart(clip) / 0.5, rtol=1e-4)


def test_a_person_absent_in_the_first_frame_survives(walk, as_clip):
    late = walk(at=(1.0, 0.0, 0.0))
    late[:10] = np.nan
    for persons in ((walk(), late), (late, walk()), (late,)):
        normalized = normalize(as_clip(*persons), frame_count=30)
        person = next(i for i, body in enumerate(persons) if body is late)
        assert not normalized.present[person, :10].any()
        assert normalized.visible[person, 10:].all()
        assert np.linalg.norm(normalized.joints[person, 10:], axis=-1).mean() > 0.5


def test_unseen_joints_stay_unseen_and_zero(walk, as_clip):
    body = walk(at=(5.0, 5.0, 5.0))
    body[3:6, NTU.index("head")] = np.nan
    aligned = align(as_clip(body))
    assert np.flatnonzero(~aligned.visible[0, :, NTU.index("head")]).tolist() == [3, 4, 5]
    assert (aligned.joints[0, 3:6, NTU.index("head")] == 0).all()
    assert np.isfinite(aligned.joints).all()


def test_what_stands_in_an_unseen_joint_is_never_read(walk, as_clip):
    clip = as_clip(walk(frames=9))
    visible = clip.visible.copy()
    visible[0, ::3, 5] = False
    soiled = np.where(visible[..., None], clip.joints, np.float32(np.nan))
    zeroed = np.where(visible[..., None], clip.joints, np.float32(0))
    for frame_count in (4, 9, 17):
        for step in (normalize, resample):
            first, second = (
                step(SkeletonClip(joints, visible, 30.0, NTU), frame_count=frame_count)
                for joints in (soiled, zeroed)
            )
            np.testing.assert_array_equal(first.joints, second.joints)


def test_a_clip_without_depth_is_not_turned(stand, as_clip):
    body = stand("ntu25") * [1, 1, 0]
    body[..., [NTU.index("left_hip"), NTU.index("right_hip")], :] *= [0.5, 1, 1]
    aligned = align(as_clip(body[..., :] * [-1, 1, 1]))
    assert place(aligned, "left_hip")[0] > 0
    assert (aligned.joints[..., 2] == 0).all()


def test_a_clip_without_a_torso_cannot_be_aligned(walk, as_clip):
    body = walk()
    body[:, NTU.index("left_hip")] = np.nan
    with pytest.raises(ClipError, match="hips and shoulders are seen, found none in 30 frames"):
        align(as_clip(body))


def test_a_layout_without_hips_cannot_be_aligned():
    hand = Layout("hand", ("left_wrist", "left_thumb"), ("left_wrist", "left_wrist"))
    clip = SkeletonClip.from_array(np.ones((1, 2, 3)), fps=30.0, layout=hand)
    with pytest.raises(LayoutError, match="'hand' lacks left_hip, right_hip"):
        align(clip)


@pytest.mark.parametrize("layout_name", ["coco17", "mediapipe33", "bandai21"])
def test_every_layout_is_centred_at_the_hips(walk, as_clip, layout_name):
    aligned = align(as_clip(walk(layout_name=layout_name), layout_name=layout_name))
    hips = place(aligned, "left_hip") + place(aligned, "right_hip")
    np.testing.assert_allclose(hips, 0.0, atol=1e-5)


@pytest.mark.parametrize("frame_count", [1, 2, 7, 64])
def test_resampling_gives_the_frames_asked_for_and_keeps_the_duration(walk, as_clip, frame_count):
    clip = as_clip(walk(frames=30))
    resampled = resample(clip, frame_count=frame_count)
    assert resampled.frame_count == frame_count
    assert resampled.duration_s == pytest.approx(clip.duration_s)


def test_resampling_goes_from_the_first_frame_to_the_last_in_even_steps(walk, as_clip):
    resampled = resample(as_clip(walk(frames=30)), frame_count=59)
    np.testing.assert_array_equal(resampled.joints[:, ::2], as_clip(walk(frames=30)).joints)
    np.testing.assert_allclose(np.diff(resampled.joints[0, :, 0, 0]), 1 / 60, atol=1e-5)


def test_resampling_invents_nothing_beside_an_unseen_frame(walk, as_clip):
    body = walk(frames=5)
    body[2] = np.nan
    resampled = resample(as_clip(body), frame_count=9)
    assert np.flatnonzero(~resampled.present[0]).tolist() == [4]
    np.testing.assert_array_equal(resampled.joints[0, 3], resampled.joints[0, 2])
    np.testing.assert_array_equal(resampled.joints[0, 5], resampled.joints[0, 6])


def test_a_clip_of_one_frame_can_be_normalized(stand, as_clip):
    normalized = normalize(as_clip(stand("ntu25")), frame_count=8)
    assert normalized.frame_count == 8
    np.testing.assert_array_equal(normalized.joints[:, 0], normalized.joints[:, 7])


def test_no_frames_cannot_be_asked_for(walk, as_clip):
    with pytest.raises(ClipError, match="at least one person and one frame"):
        resample(as_clip(walk()), frame_count=0)
