"""A video gives frames with its own times, upright, and only the part that is wanted."""

import numpy as np
import pytest
from pose_samples import LAYOUT, SquareEstimator, turn_video, write_video

from crossglg.errors import SourceError
from crossglg.skeleton.span import Span
from crossglg.sources.pose import PoseOptions, VideoPoses, read_video
from crossglg.sources.pose.video import read_images
from optional import skip_without

skip_without("cv2", extra="live")


def hips(frames):
    hip = [LAYOUT.index("left_hip"), LAYOUT.index("right_hip")]
    return np.array([frame.joints[0, hip].mean(axis=0) for frame in frames])


def test_frames_have_the_times_of_the_file(tmp_path):
    path = write_video(tmp_path / "a.mp4", range(0, 40, 2))
    frames = list(VideoPoses(path, SquareEstimator()).frames())
    assert [frame.time_s for frame in frames] == pytest.approx(np.arange(20) / 20, abs=1e-3)
    # The square goes to the right of the picture, which is the left of who faces the camera.
    assert (np.diff(hips(frames)[:, 0]) < 0).all()


def test_a_frame_without_anybody_is_kept_and_masked(tmp_path):
    path = write_video(tmp_path / "a.mp4", [10, 10, None, 10])
    seen = [frame.visible.any() for frame in VideoPoses(path, SquareEstimator()).frames()]
    assert seen == [True, True, False, True]


def test_only_the_wanted_part_is_estimated_after_a_short_warm_up(tmp_path):
    path = write_video(tmp_path / "a.mp4", [10] * 60)
    estimator = SquareEstimator()
    frames = list(VideoPoses(path, estimator, span=Span(1.0, 2.0)).frames())
    assert (frames[0].time_s, len(frames)) == (pytest.approx(1.0), 20)
    assert min(estimator.times) == pytest.approx(0.5)
    assert max(estimator.times) < 2.0
    assert estimator.is_closed


def test_a_video_is_turned_as_its_container_says(tmp_path):
    flat = write_video(tmp_path / "a.mp4", [0, 50])
    turned = turn_video(write_video(tmp_path / "b.mp4", [0, 50]))
    assert next(read_images(flat))[1].shape == (48, 64, 3)
    assert next(read_images(turned))[1].shape == (64, 48, 3)
    moved = np.diff(hips(list(VideoPoses(turned, SquareEstimator()).frames())), axis=0)[0]
    assert abs(moved[1]) > abs(moved[0])  # along the columns, which now stand upright


def test_what_is_no_video_is_refused(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(SourceError, match="cannot be decoded"):
        list(VideoPoses(tmp_path / "a.mp4", SquareEstimator()).frames())
    with pytest.raises(SourceError, match="nothing there"):
        read_video(tmp_path / "b.mp4")


@pytest.mark.slow
@pytest.mark.download
def test_a_man_who_walks_is_measured_in_metres_and_upright(pose_models, real_video):
    path = real_video("pose2sim", "Pose2Sim/Demo_SinglePerson/videos/cam02.mp4")
    clip = read_video(path, options=PoseOptions(str(pose_models["lite"])))
    assert (clip.frame_count, round(clip.fps)) == (100, 60)
    assert clip.present.mean() > 0.9
    place = {joint: clip.joints[0, 10:, LAYOUT.index(joint)] for joint in LAYOUT.joints}
    height = (place["nose"] - (place["left_heel"] + place["right_heel"]) / 2)[:, 1]
    assert 1.2 < np.median(height) < 2.0
    hip_width = np.linalg.norm(place["left_hip"] - place["right_hip"], axis=-1)
    assert 0.1 < np.median(hip_width) < 0.4
    assert (np.median(place["nose"], axis=0)[2]) > 1.0


@pytest.mark.slow
@pytest.mark.download
def test_two_people_are_kept_apart(pose_models, real_video):
    path = real_video("pose2sim", "Pose2Sim/Demo_MultiPerson/videos/cam01.mp4")
    options = PoseOptions(str(pose_models["full"]), max_persons=2)
    clip = read_video(path, span=Span(0.3, 1.2), options=options)
    both = clip.present.all(axis=0)
    assert both.mean() > 0.5
    noses = clip.joints[:, both, LAYOUT.index("nose")]
    assert (np.linalg.norm(noses[0] - noses[1], axis=-1) > 0.3).all()
    assert (np.linalg.norm(np.diff(noses, axis=1), axis=-1) < 0.3).all()
