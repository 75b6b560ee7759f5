"""Data are broken on purpose, one way each; what is found is that way and no other."""

import json
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from crossglg.inspection import inspect_data, write_inspection
from crossglg.inspection.axes import _TURN
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.skeleton.mapping import map_clip
from crossglg.sources.choreography import choreography
from crossglg.sources.clipset import ClipSet
from crossglg.sources.verify import Verification
from crossglg.terminal import print_inspection, print_lint, print_verification
from crossglg.text.lint import LintReport


@pytest.fixture(scope="module")
def clean():
    return choreography(performers=2, repeats=1)


def kinds(data):
    return {finding.kind: finding for finding in inspect_data(data).findings}


def moved(data, rows):
    return replace(data, rows=np.ascontiguousarray(rows, dtype=np.float32))


def rows_of(data, index):
    start = data.starts[index]
    return slice(start, start + data.persons[index] * data.frames[index])


def test_nothing_is_odd_about_the_choreography(clean):
    inspection = inspect_data(clean)
    assert inspection.findings == ()
    assert inspection.clips == inspection.looked_at == 96
    assert set(inspection.per_class.values()) == {2}
    assert inspection.per_subject == {"0": 48, "1": 48}
    assert inspection.fps == {"30": 96}
    assert 1.3 < inspection.height < 1.9
    assert inspection.has_depth


def test_what_is_found_is_json(clean):
    record = json.loads(json.dumps(inspect_data(moved(clean, clean.rows * 1000)).to_json()))
    assert record["findings"][0]["kind"] == "units"


@pytest.mark.parametrize("layout", ["ntu25", "kinect20", "openni15", "h36m17", "mediapipe33"])
def test_swapped_sides_are_found_in_every_layout(layout):
    data = choreography(performers=2, repeats=1)
    mapped = ClipSet.from_clips(
        [map_clip(clip, get_layout(layout)) for clip in data.clips()],
        name=layout,
        class_names=data.class_names,
        labels=data.labels.tolist(),
        subjects=data.subjects.tolist(),
        clip_names=data.clip_names,
    )
    assert "sides" not in kinds(mapped)
    found = kinds(moved(mapped, mapped.rows[:, mapped.layout.mirror_index]))
    assert set(found) == {"sides"}
    assert len(found["sides"].clips) >= 0.9 * len(data)
    assert "Left and right are swapped" in found["sides"].sentence


def test_a_mirrored_axis_is_found(clean):
    assert set(kinds(moved(clean, clean.rows * [-1, 1, 1]))) == {"sides"}


def test_single_swapped_clips_are_named(clean):
    rows = np.array(clean.rows)
    for index in (3, 50):
        rows[rows_of(clean, index)] = rows[rows_of(clean, index)][:, clean.layout.mirror_index]
    found = kinds(moved(clean, rows))
    assert set(found) == {"sides"}
    assert found["sides"].clips == (clean.clip_names[3], clean.clip_names[50])
    assert "2 of 96 clips (2%)" in found["sides"].sentence


@pytest.mark.parametrize(
    ("factor", "unit"),
    [(1000, "millimetres"), (100, "centimetres"), (39.37, "inches"), (3.2808, "feet")],
)
def test_units_are_guessed_from_the_height(clean, factor, unit):
    found = kinds(moved(clean, clean.rows * factor))
    assert set(found) == {"units"}
    assert unit in found["units"].sentence
    repaired = float(re.search(r"by ([\d.]+)\.$", found["units"].advice)[1])
    assert kinds(moved(clean, clean.rows * factor * repaired)) == {}


def test_bodies_of_no_size_are_found(clean):
    found = kinds(moved(clean, clean.rows * 1e-3))
    assert "none that is known" in found["units"].sentence


def test_single_bodies_of_another_size_are_named(clean):
    rows = np.array(clean.rows)
    rows[rows_of(clean, 7)] *= 1000
    found = kinds(moved(clean, rows))
    assert found["units"].clips == (clean.clip_names[7],)


def _turns():
    """(axis that is up, mirrored) with matrices that bring y there."""
    for axis, sign in product(range(3), (1, -1)):
        if (axis, sign) == (1, 1):
            continue
        up = np.zeros(3)
        up[axis] = sign
        first = np.roll(np.eye(3)[axis], 1)
        second = np.cross(first, up)
        turn = np.stack([first, up, second], axis=1)
        assert np.isclose(np.linalg.det(turn), 1)
        name = ("+" if sign > 0 else "-") + "xyz"[axis]
        yield name, False, turn
        yield name, True, turn @ np.diag([1.0, 1, -1])


def _do(advice, rows):
    x, y, z = (rows[..., k] for k in range(3))
    steps = {
        "Negate y and z.": (x, -y, -z), "Negate y.": (x, -y, z), "Exchange y and z.": (x, z, y),
        "Exchange x and y.": (y, x, z), "Replace (x, y, z) by (x, z, -y).": (x, z, -y),
        "Replace (x, y, z) by (x, -z, y).": (x, -z, y),
        "Replace (x, y, z) by (x, -z, -y).": (x, -z, -y),
        "Replace (x, y, z) by (-y, x, z).": (-y, x, z),
        "Replace (x, y, z) by (y, -x, z).": (y, -x, z),
        "Replace (x, y, z) by (-y, -x, z).": (-y, -x, z),
    }  # fmt: skip
    return np.stack(steps[advice], axis=-1)


@pytest.mark.parametrize(("up", "mirrored", "turn"), list(_turns()))
def test_another_axis_is_up_and_the_advice_mends_it(clean, up, mirrored, turn):
    broken = moved(clean, clean.rows @ turn.T)
    found = kinds(broken)
    assert set(found) == {"axes"}
    assert found["axes"].advice == _TURN[up, mirrored]
    assert ("left-handed" in found["axes"].sentence) == mirrored
    assert kinds(moved(broken, _do(found["axes"].advice, broken.rows))) == {}


def test_y_down_is_said_in_words(clean):
    sentence = kinds(moved(clean, clean.rows * [1, -1, -1]))["axes"].sentence
    assert sentence.startswith("The y axis points down: heads are there in 94 of 96 clips (98%)")


def test_joints_in_the_origin_are_named(clean):
    rows = np.array(clean.rows)
    rows[:, clean.layout.index("left_thumb")] = 0
    found = kinds(moved(clean, rows))
    assert set(found) == {"zero_joints"}
    assert "left thumb" in found["zero_joints"].sentence


def test_joints_that_stand_still_are_named(clean):
    rows = np.array(clean.rows)
    rows[:, clean.layout.index("right_hand_tip")] = [0.1, 1.2, 0.3]
    found = kinds(moved(clean, rows))
    assert set(found) == {"still_joints"}
    assert "right hand tip" in found["still_joints"].sentence


def test_joints_that_nobody_sees_are_named(clean):
    visible = np.ones(clean.rows.shape[:2], dtype=np.bool_)
    visible[:, clean.layout.index("left_hand_tip")] = False
    inspection = inspect_data(replace(clean, visible=visible))
    assert [finding.kind for finding in inspection.findings] == ["unseen_joints"]
    assert inspection.unseen["left_hand_tip"] == 1.0


def test_frozen_frames_are_found(clean):
    rows = np.array(clean.rows)
    part = rows[rows_of(clean, 5)]
    part[len(part) // 2 :] = part[len(part) // 2]
    found = kinds(moved(clean, rows))
    assert found["frozen"].clips == (clean.clip_names[5],)


def test_who_is_not_seen_for_half_a_clip_is_not_frozen(clean):
    visible = np.ones(clean.rows.shape[:2], dtype=np.bool_)
    part = visible[rows_of(clean, 5)]
    part[len(part) // 2 :] = False
    assert "frozen" not in kinds(replace(clean, visible=visible))


def test_copies_are_found_and_worse_across_classes(clean):
    first = clean.select([4])
    copied = ClipSet.from_clips(
        [*clean.clips(), *first.clips()],
        name="copied",
        class_names=clean.class_names,
        labels=[*clean.labels.tolist(), *first.labels.tolist()],
        subjects=[*clean.subjects.tolist(), *first.subjects.tolist()],
        clip_names=[*clean.clip_names, "again"],
    )
    found = kinds(copied)
    assert set(found) == {"copies"}
    assert set(found["copies"].clips) == {clean.clip_names[4], "again"}
    assert "different actions" not in found["copies"].sentence
    labels = copied.labels.copy()
    labels[-1] = (labels[-1] + 1) % 48
    assert (
        "1 times under different actions"
        in kinds(replace(copied, labels=labels))["copies"].sentence
    )


@pytest.mark.parametrize("rate", [1.0, 3000.0])
def test_absurd_frame_rates_are_found(clean, rate):
    found = kinds(replace(clean, fps=np.full(96, rate)))
    assert f"are {rate:g} in 96 of 96" in found["fps"].sentence


def test_hands_that_are_too_fast_betray_the_frame_rate(clean):
    found = kinds(replace(clean, fps=np.full(96, 240.0)))
    assert "too fast" in found["fps"].sentence


def test_classes_of_one_clip_are_named(clean):
    found = kinds(clean.select([i for i in range(96) if i != 0]))
    assert set(found) == {"single_clip"}
    assert clean.class_names[0] in found["single_clip"].sentence
    without = kinds(clean.select([i for i in range(96) if clean.labels[i] != 0]))
    assert set(without) == {"no_clip"}


def test_flat_poses_are_no_finding():
    data = choreography(performers=1, repeats=1)
    inspection = inspect_data(moved(data, data.rows * [1, 1, 0]))
    assert {finding.kind for finding in inspection.findings} == {"single_clip"}
    assert not inspection.has_depth


def test_flat_poses_without_a_torso_have_no_depth():
    data = choreography(performers=1, repeats=1)
    kept = [data.layout.index(joint) for joint in ("head", "left_hand", "right_hand")]
    arms = Layout("arms", ("head", "left_hand", "right_hand"), ("head",) * 3)
    bare = replace(data, layout=arms, rows=data.rows[:, kept])
    assert inspect_data(bare).has_depth
    assert not inspect_data(moved(bare, bare.rows * [1, 1, 0])).has_depth


def test_names_of_data_are_no_markup_in_the_terminal(clean, capsys):
    data = replace(clean, name="x[bold]y[/]")
    print_inspection(inspect_data(data))
    assert "x[bold]y[/]" in capsys.readouterr().out
    print_verification(Verification("utd-a", data.name, (), ()))
    assert "'x[bold]y[/]' is what 'utd-a' was made for." in capsys.readouterr().out
    print_lint(LintReport(data.name, (), {"bow": 50.0}))
    assert "x[bold]y[/]: 1 actions" in capsys.readouterr().out


def test_the_page_shows_odd_clips_first(clean, tmp_path):
    broken = moved(clean, clean.rows * 1000)
    inspection = inspect_data(broken)
    page = write_inspection(inspection, broken, tmp_path / "page.html").read_text("utf-8")
    assert "choreography: 96 clips, 1 finding" in page
    assert page.index("the unit is probably millimetres") < page.index(clean.clip_names[47])


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("utd_mhad.npz", set()),
        ("msr_action3d.npz", set()),
        ("kard.npz", set()),
        ("utkinect.npz", set()),
        ("florence3d.npz", set()),
        ("bandai1.npz", {"single_clip"}),
    ],
)
def test_real_data_are_as_their_notes_say(data_file, file, found):
    from crossglg.sources import open_data

    assert set(kinds(open_data(data_file(file)))) == found


def test_the_command_line_prints_findings(clean, tmp_path):
    from typer.testing import CliRunner

    from crossglg.cli import app
    from crossglg.sources import write_npz

    data = tmp_path / "down.npz"
    write_npz(moved(clean, clean.rows * [1, -1, -1]), data)
    page = tmp_path / "page.html"
    run = CliRunner().invoke(app, ["inspect", str(data), "--html", str(page)])
    assert run.exit_code == 0, run.output
    assert "The y axis points down" in run.output
    assert page.exists()
    record = json.loads(CliRunner().invoke(app, ["inspect", str(data), "--json"]).output)
    assert [finding["kind"] for finding in record["findings"]] == ["axes"]
