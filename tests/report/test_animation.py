"""A moving picture moves, lasts as long as the clip, and shows what is coloured."""

from dataclasses import replace

import numpy as np
import pytest
from report_samples import make_decision, make_skeleton

from crossglg.errors import ConfigError
from crossglg.report import write_animation
from crossglg.report.animation import draw_pictures
from crossglg.report.colours import CONTRIBUTION, IMPORTANCE, colour_of, list_colours

Image = pytest.importorskip("PIL.Image")


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_the_file_lasts_as_long_as_the_clip_and_starts_over(tmp_path, suffix):
    skeleton = make_skeleton(frames=31)  # one second at 30 fps
    path = write_animation([skeleton, skeleton], tmp_path / f"clip{suffix}", title="A title")
    assert list(tmp_path.iterdir()) == [path]
    with Image.open(path) as picture:
        assert picture.n_frames == 21
        assert picture.info["loop"] == 0
        frames = []
        for number in range(picture.n_frames):
            picture.seek(number)
            frames.append(np.asarray(picture.convert("RGB")))
    assert (frames[0] != frames[10]).any()


def test_a_long_title_is_wrapped_and_makes_room_for_itself():
    low = draw_pictures([make_skeleton()])[0].size
    one = draw_pictures([make_skeleton()], title="word")[0].size
    many = draw_pictures([make_skeleton()], title="word " * 60)[0].size
    assert low[0] == one[0] == many[0]
    assert low[1] < one[1] < many[1]


def test_signs_have_their_colours():
    picture = np.asarray(draw_pictures(make_decision().skeletons)[2])  # 0.1 s: frame 3
    blue = (picture[..., 2].astype(int) - picture[..., 0]) > 80
    orange = (picture[..., 0].astype(int) - picture[..., 2]) > 80
    assert blue.any()
    still = np.asarray(draw_pictures([replace(make_skeleton(), importance=None)])[0])
    assert not ((still[..., 0].astype(int) - still[..., 2]) > 80).any()
    assert orange.sum() < blue.sum()


def test_a_gif_keeps_the_colours_of_the_scales(tmp_path):
    """Few colours for all pictures must not be the colours of lines and paper only."""
    path = write_animation(make_decision().skeletons, tmp_path / "why.gif")
    with Image.open(path) as picture:
        picture.seek(2)
        shown = np.asarray(picture.convert("RGB")).astype(int)
    sharp = np.asarray(draw_pictures(make_decision().skeletons)[2]).astype(int)
    blue = (sharp[..., 2] - sharp[..., 0]) > 80
    assert np.abs(shown - sharp)[blue].mean() < 8
    assert (shown[-1, -1] == 255).all()
    assert len(list_colours()) <= 256


def test_the_scales_end_in_their_colours():
    assert "#{:02x}{:02x}{:02x}".format(*colour_of(0, "importance")) == IMPORTANCE[0]
    assert "#{:02x}{:02x}{:02x}".format(*colour_of(1, "importance")) == IMPORTANCE[-1]
    assert "#{:02x}{:02x}{:02x}".format(*colour_of(-1, "contribution")) == CONTRIBUTION[0]
    assert "#{:02x}{:02x}{:02x}".format(*colour_of(0, "contribution")) == CONTRIBUTION[2]


@pytest.mark.parametrize("scale", ["importance", "contribution"])
def test_scales_can_be_told_apart_by_lightness_alone(scale):
    """Half a scale runs one way from light to dark: no two colours look alike in grey."""
    shares = np.linspace(0, 1, 9)
    light = [np.dot(colour_of(share, scale), [0.2126, 0.7152, 0.0722]) for share in shares]
    assert (np.diff(light) < 0).all()


def test_other_files_and_nothing_to_draw_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"\.gif or \.webp"):
        write_animation([make_skeleton()], tmp_path / "a.avi")
    with pytest.raises(ConfigError, match="found 0"):
        write_animation([], tmp_path / "a.gif")
