"""Verifying says what is wrong with data, by name and by number, before anything is measured."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from crossglg.errors import ProtocolError
from crossglg.skeleton.clip import SkeletonClip
from crossglg.skeleton.layout import get_layout
from crossglg.sources import LabelledClip, list_ntu_classes, open_archive, write_archive
from crossglg.sources.clipset import ClipSet
from crossglg.sources.npz import read_masks
from crossglg.sources.recordings import list_missing_skeletons, list_ntu_recordings
from crossglg.sources.splits import custom_protocol, get_protocol
from crossglg.sources.verify import require_verified, verify_protocol

FRAMES = 2

# Published clips of the novel classes of NTU RGB+D 120, exemplars not counted.
QUERIES = {
    1: 939, 7: 943, 13: 937, 19: 941, 25: 945, 31: 943, 37: 945, 43: 945, 49: 945, 55: 905,
    61: 934, 67: 953, 73: 953, 79: 955, 85: 956, 91: 955, 97: 957, 103: 957, 109: 958, 115: 958,
}  # fmt: skip


def wrong(data, name="ntu120-oneshot-100"):
    return {c.subject: c for c in verify_protocol(get_protocol(name), data).checks if not c.right}


def ntu(names, class_count=120):
    """Clips of these names, all of them the same frames."""
    count = len(names)
    return ClipSet(
        name=f"ntu{class_count}",
        layout=get_layout("ntu25"),
        class_names=list_ntu_classes()[:class_count],
        labels=np.array([int(name[-3:]) - 1 for name in names]),
        subjects=np.array([int(name[9:12]) for name in names]),
        clip_names=tuple(names),
        rows=np.zeros((FRAMES, 25, 3), dtype=np.float32),
        visible=None,
        starts=np.zeros(count, dtype=np.int64),
        persons=np.ones(count, dtype=np.int64),
        frames=np.full(count, FRAMES, dtype=np.int64),
        fps=np.full(count, 30.0),
    )


@pytest.fixture(scope="module")
def whole():
    return ntu(list_ntu_recordings(120))


def without(data, unwanted):
    return data.select([i for i, name in enumerate(data.clip_names) if not unwanted(name)])


def test_the_recordings_of_ntu_are_as_many_as_published():
    names = list_ntu_recordings(120)
    assert len(set(names)) == 113_945
    assert len(list_ntu_recordings(60)) == 56_578
    assert len(list_missing_skeletons()) == 535
    assert len([name for name in list_missing_skeletons() if int(name[1:4]) <= 17]) == 302
    per_action = Counter(int(name[-3:]) for name in names)
    assert {action: per_action[action] - 1 for action in QUERIES} == QUERIES


@pytest.mark.parametrize("count", [20, 40, 60, 80, 100])
def test_the_whole_data_set_is_right(whole, count):
    verification = verify_protocol(get_protocol(f"ntu120-oneshot-{count}"), whole)
    assert verification.right, verification
    found = {check.subject: check.found for check in verification.checks}
    assert found["queries"] == "18,924"
    assert found["exemplars"] == "all 20"


def test_ntu60_is_right_and_is_not_ntu120(whole):
    sixty = ntu(list_ntu_recordings(60), class_count=60)
    verification = verify_protocol(get_protocol("ntu60-oneshot-50"), sixty)
    assert verification.right
    assert "9,388" in {check.found for check in verification.checks}
    assert "found 60 in 'ntu60'" in str(next(iter(wrong(sixty).values())))


def test_an_exemplar_that_is_missing_is_named(whole):
    lacking = without(whole, lambda name: name == "S018C003P008R001A061")
    problems = wrong(lacking)
    assert problems["exemplars"].missing == ("S018C003P008R001A061",)
    assert problems["recordings by name"].missing == ("S018C003P008R001A061",)
    assert "934 instead of 935 of 'put on headphone'" in str(problems["clips of novel classes"])
    assert set(problems) == {"exemplars", "recordings by name", "clips of novel classes"}


def test_a_class_that_is_missing_is_named(whole):
    lacking = without(whole, lambda name: name.endswith("A002"))
    problems = wrong(lacking)
    assert problems["classes with clips"].missing == ("eat meal",)
    assert "941" in str(problems["clips of base classes"])
    assert len(problems["recordings by name"].missing) == 941


def test_setups_that_are_missing_are_named_as_such(whole):
    first_archive = without(whole, lambda name: int(name[1:4]) > 17)
    found = wrong(first_archive)["recordings by name"].found
    assert "the whole of setup S018, S019, S020, S021, S022 and 10 more" in found


def test_a_clip_too_many_is_named():
    unusable = min(list_missing_skeletons())
    problems = wrong(ntu([*list_ntu_recordings(120), unusable, "S001C001P099R001A001"]))
    assert f"1 that the authors list as without skeleton ({unusable}" in (
        problems["recordings by name"].found
    )
    assert "1 unknown (S001C001P099R001A001)" in problems["recordings by name"].found
    assert "940 instead of 939" not in str(problems)
    assert "18,925" in problems["queries"].found


def test_a_clip_under_another_label_is_named(whole):
    labels = whole.labels.copy()
    labels[0] = 7
    problems = wrong(replace(whole, labels=labels))
    assert whole.clip_names[0] in problems["labels"].found


def test_base_classes_that_do_not_take_part_may_be_short(whole):
    lacking = without(whole, lambda name: name == "S001C001P001R001A060")
    assert set(wrong(lacking, "ntu120-oneshot-20")) == {"recordings by name"}


def test_one_action_under_two_labels_is_a_leak(whole):
    names = list(whole.class_names)
    names[1] = names[0].upper()
    problems = wrong(replace(whole, class_names=tuple(names)))
    assert f"{names[0]} in both" in problems["base and novel classes"].found


def test_names_in_any_script_are_told_apart(clip_set):
    protocol = custom_protocol((0, 2), class_count=3)
    for names in (
        ("挥手", "鞠躬", "踢腿"),
        ("👋", "🙇", "🦵"),
        ("हाथ की ओर", "हाथ का ओर", "सिर"),
    ):
        found = verify_protocol(protocol, replace(clip_set(), class_names=names)).checks
        assert next(check for check in found if check.subject == "base and novel classes").right
    same = replace(clip_set(), class_names=("Grüßen", "GRÜSSEN", "踢腿"))
    leak = next(c for c in verify_protocol(protocol, same).checks if not c.right)
    assert "Grüßen in both" in leak.found


def test_data_that_are_wrong_are_refused_with_all_reasons(whole):
    lacking = without(whole, lambda name: name == "S001C003P008R001A001")
    with pytest.raises(
        ProtocolError, match=r"no S001C003P008R001A001.*938 instead of|protocol ver"
    ):
        require_verified(get_protocol("ntu120-oneshot-20"), lacking)
    require_verified(get_protocol("ntu120-oneshot-20"), whole)


def test_a_class_without_a_usable_clip_is_refused(clip_set):
    protocol = replace(custom_protocol((0, 2), class_count=3), draw="first")
    clips = clip_set()
    checks = {check.subject: check for check in verify_protocol(protocol, clips).checks}
    assert checks["exemplars"].right
    hidden = replace(clips, visible=np.zeros(clips.rows.shape[:2], dtype=np.bool_))
    problems = {c.subject: c for c in verify_protocol(protocol, hidden).checks if not c.right}
    assert "hips and shoulders" in problems["exemplars"].found


def test_a_mask_that_is_not_there_is_wrong(clip_set):
    protocol = replace(custom_protocol((0, 2), class_count=3), mask="good")

    def check(masks):
        checks = verify_protocol(protocol, clip_set(), masks).checks
        return next(check for check in checks if check.subject == "clips that count")

    right = check({"good": np.array([True, False, True])})
    assert right.right
    assert right.found == "2 of 3 by 'good'"
    assert "none in 'three' (archives never" in str(check({}))
    assert "found one of shape (4,)" in str(check({"good": np.ones(4, dtype=np.bool_)}))


def test_what_the_command_line_calls_right_the_protocol_takes(tmp_path, data_file):
    from typer.testing import CliRunner

    from crossglg.cli import app
    from crossglg.sources.prepare import prepare

    path = data_file("msr_action3d.npz")
    assert CliRunner().invoke(app, ["protocol", "verify", "msr-a", str(path)]).exit_code == 0
    archive = prepare("npz", path, out=tmp_path / "msr", name="msr_action3d").path
    refused = CliRunner().invoke(app, ["protocol", "verify", "msr-a", str(archive)])
    assert refused.exit_code == 1
    assert "an array 'valid557' of shape (566,), found none" in refused.output
    masks = read_masks(archive)
    with pytest.raises(ProtocolError, match=r"clips that count.*give the \.npz file"):
        require_verified(get_protocol("msr-a"), open_archive(archive), masks)


def test_a_verification_is_json(whole):
    record = json.loads(
        json.dumps(verify_protocol(get_protocol("ntu60-oneshot-10"), whole).to_json())
    )
    assert record["right"] is False
    assert record["checks"][0]["expected"] == "data of 60 classes"


@pytest.mark.slow
def test_a_full_size_archive_is_verified_on_the_command_line(tmp_path):
    from typer.testing import CliRunner

    from crossglg.cli import app

    names = list_ntu_recordings(120)
    classes = list_ntu_classes()
    joints = np.random.default_rng(0).normal(size=(FRAMES, 25, 3))
    clip = SkeletonClip.from_array(joints, fps=30.0, layout=get_layout("ntu25"))
    clips = (
        LabelledClip(name, clip, classes[int(name[-3:]) - 1], int(name[9:12])) for name in names
    )
    write_archive(clips, tmp_path / "ntu120", name="ntu120", class_names=classes)
    assert len(open_archive(tmp_path / "ntu120")) == 113_945
    run = CliRunner().invoke(
        app, ["protocol", "verify", "ntu120-oneshot-100", str(tmp_path / "ntu120")]
    )
    assert run.exit_code == 0, run.output
    assert "queries: 18,924" in run.output
    json_run = CliRunner().invoke(
        app, ["protocol", "verify", "ntu60-oneshot-50", str(tmp_path / "ntu120"), "--json"]
    )
    assert json_run.exit_code == 1
    assert json.loads(json_run.output)["right"] is False
