"""The file of a gallery survives writers, kills, damage and newer models."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile

import numpy as np
import pytest
from gallery_samples import make_recogniser

from crossglg.errors import GalleryError
from crossglg.gallery import (
    Gallery,
    import_gallery,
    load_gallery,
    lock_gallery,
    open_gallery,
    save_gallery,
    update_gallery,
)


@pytest.fixture
def saved(recogniser, clips, tmp_path):
    gallery = Gallery(recogniser).enroll("wave", clips[0][0], source="a.skeleton")
    path = tmp_path / "mine.crossglg"
    save_gallery(gallery, path)
    return gallery, path


def rewrite_manifest(path, *changes):
    """Change what a gallery says of itself: old, new, old, new ..."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in files["manifest.json"]
        files["manifest.json"] = files["manifest.json"].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_what_is_saved_is_loaded(saved, recogniser):
    gallery, path = saved
    again = load_gallery(path, recogniser)
    one, other = gallery.exemplars[0], again.exemplars[0]
    assert (one.action, one.source, one.enrolled) == (other.action, other.source, other.enrolled)
    assert one.clip.layout == other.clip.layout
    np.testing.assert_array_equal(one.clip.joints, other.clip.joints)
    np.testing.assert_array_equal(one.features.joints, other.features.joints)


def test_that_either_side_counts_is_kept_and_files_that_do_not_say_are_read(
    recogniser, clips, tmp_path
):
    path = tmp_path / "mine.crossglg"
    save_gallery(Gallery(recogniser).enroll("wave", clips[0][0], either_side=True), path)
    assert load_gallery(path, recogniser).counts_either_side("wave")
    rewrite_manifest(path, b',\n   "mirrored": true', b"", b',\n   "mirrored": false', b"")
    older = load_gallery(path, recogniser)
    assert not older.counts_either_side("wave")
    assert len(older.shown("wave")) == 2


def test_a_mirror_image_of_nothing_counts_as_shown(recogniser, clips, tmp_path):
    path = tmp_path / "mine.crossglg"
    save_gallery(Gallery(recogniser).enroll("wave", clips[0][0]), path)
    rewrite_manifest(path, b'"mirrored": false', b'"mirrored": true')
    for read in (import_gallery, load_gallery):
        assert len(read(path, recogniser).shown("wave")) == 1
    save_gallery(Gallery(recogniser).dismiss(clips[0][0]), path)
    rewrite_manifest(path, b'"mirrored": false', b'"mirrored": true')
    for read in (import_gallery, load_gallery):
        assert len(read(path, recogniser).dismissed_as_shown) == 1


def test_images_that_an_older_version_put_elsewhere_are_read_behind_their_clips(
    recogniser, clips, tmp_path
):
    path = tmp_path / "mine.crossglg"
    wave, image = Gallery(recogniser).enroll("wave", clips[0][0], either_side=True).exemplars
    both = Gallery(recogniser).enroll("squat", clips[0][1], either_side=True).exemplars
    save_gallery(Gallery(recogniser, (wave, *both, image)), path)
    for read in (import_gallery, load_gallery):
        gallery = read(path, recogniser)
        found = [(each.action, each.mirrored) for each in gallery.exemplars]
        assert found == [(name, side) for name in ("wave", "squat") for side in (False, True)]
        assert gallery.remove("squat", 0).counts_either_side("wave")
        assert gallery.remove("wave", 0).actions == ("squat",)


def test_a_newer_model_embeds_the_skeletons_again(saved, clips):
    gallery, path = saved
    newer = make_recogniser(seed=1)
    again = load_gallery(path, newer)
    expected = Gallery(newer).enroll("wave", clips[0][0]).exemplars[0].features.joints
    np.testing.assert_array_equal(again.exemplars[0].features.joints, expected)
    assert np.abs(again.exemplars[0].features.joints - gallery.exemplars[0].features.joints).max()


def test_no_file_is_an_empty_gallery(recogniser, tmp_path):
    assert open_gallery(tmp_path / "none", recogniser).actions == ()


def test_damage_is_noticed(saved, recogniser):
    _, path = saved
    whole = path.read_bytes()
    for broken in (b"", b"rubbish", whole[: len(whole) // 2]):
        path.write_bytes(broken)
        with pytest.raises(GalleryError, match="expected a gallery file"):
            load_gallery(path, recogniser)
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in files if name.endswith("clip/joints.npy"))
    files[name] = files[name][:-4] + b"\x00\x00\x80\x3f"
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in files.items():
            archive.writestr(each, data)
    with pytest.raises(GalleryError, match="joints is damaged"):
        load_gallery(path, recogniser)


def test_an_older_format_is_embedded_anew(saved, recogniser):
    gallery, path = saved
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    old = {name for name in manifest["sha256"] if name.endswith("features/motion")}
    manifest["sha256"] = {n: s for n, s in manifest["sha256"].items() if n not in old}
    files["manifest.json"] = json.dumps({**manifest, "format": 1}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in files.items():
            if each.removesuffix(".npy") not in old:
                archive.writestr(each, data)
    read = load_gallery(path, recogniser)
    for exemplar, expected in zip(read.exemplars, gallery.exemplars, strict=True):
        assert np.array_equal(exemplar.features.motion, expected.features.motion)


def test_a_newer_format_is_named(saved, recogniser):
    _, path = saved
    rewrite_manifest(path, b'"format": 2', b'"format": 9')
    with pytest.raises(GalleryError) as refused:
        load_gallery(path, recogniser)
    sentence = "expected a gallery of version 3, found 9. Update crossglg."
    assert str(refused.value) == f"{path}: {sentence}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ((b'"action": "wave"', b'"action": " "'), "Expected a name of 1 to 100 printable"),
        ((b'"root": "', b'"root": "x'), "joints without a bone"),
        ((b'"fps": ', b'"fps": -'), "Expected a positive frame rate"),
        ((b'"fps": ', b'"fpm": '), "expected a gallery file (KeyError('fps'))"),
    ],
)
def test_what_no_gallery_holds_is_refused_with_the_name_of_the_file(
    saved, recogniser, changes, sentence
):
    _, path = saved
    rewrite_manifest(path, *changes)
    with pytest.raises(GalleryError) as refused:
        import_gallery(path, recogniser)
    assert str(refused.value).startswith("mine.crossglg: ")
    assert sentence in str(refused.value)


def test_writers_at_once_lose_nothing(recogniser, clips, tmp_path):
    path = tmp_path / "mine.crossglg"
    clip = clips[0][0]

    def enroll(number):
        update_gallery(path, recogniser, lambda gallery: gallery.enroll(f"action {number}", clip))

    threads = [threading.Thread(target=enroll, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(open_gallery(path, recogniser).actions) == [f"action {n}" for n in range(6)]


def test_a_refused_change_writes_nothing(saved, recogniser):
    _, path = saved
    before = path.read_bytes()
    with pytest.raises(GalleryError):
        update_gallery(path, recogniser, lambda gallery: gallery.remove("nothing"))
    assert path.read_bytes() == before


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from gallery_samples import make_recogniser
from crossglg.gallery import update_gallery
from crossglg.sources.choreography import choreography
model = make_recogniser()
clip = choreography(performers=1, repeats=1, classes=["squat"]).clip(0)
print("ready", flush=True)
while True:
    update_gallery(Path(sys.argv[1]), model, lambda g: g.remove("b").enroll("b", clip))
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_a_whole_file(saved, recogniser, clips):
    gallery, path = saved
    save_gallery(gallery.enroll("b", clips[0][1]), path)
    here = os.path.dirname(__file__)
    for pause_s in (0.05, 0.11, 0.23):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), here], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout.readline() == "ready\n"
        time.sleep(pause_s)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert load_gallery(path, recogniser).actions == ("wave", "b")
    update_gallery(path, recogniser, lambda current: current.enroll("c", clips[0][0]))
    assert load_gallery(path, recogniser).actions == ("wave", "b", "c")


def test_a_link_to_a_gallery_stays_one_and_so_does_who_may_read_it(saved, recogniser, clips):
    _, path = saved
    path.chmod(0o600)
    link = path.with_name("link.crossglg")
    link.symlink_to(path)
    update_gallery(link, recogniser, lambda gallery: gallery.enroll("squat", clips[0][1]))
    assert link.is_symlink()
    assert load_gallery(path, recogniser).actions == ("wave", "squat")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_is_no_gallery(recogniser, tmp_path):
    with pytest.raises(GalleryError, match="expected a gallery file"):
        update_gallery(tmp_path, recogniser, lambda gallery: gallery)


@pytest.mark.parametrize("source", ["a" * 111, "caf\udce9.npz", "two\nlines"])
def test_where_a_clip_came_from_never_keeps_a_gallery_from_being_read(
    recogniser, clips, tmp_path, source
):
    gallery = Gallery(recogniser).enroll("wave", clips[0][0], source=source)
    save_gallery(gallery, tmp_path / "kept.crossglg")
    read = import_gallery(tmp_path / "kept.crossglg", recogniser)
    assert read.exemplars[0].source == gallery.exemplars[0].source
    assert read.exemplars[0].source.isprintable()


@pytest.mark.parametrize("lost", ["exemplars", "model", "fps", "layout"])
def test_a_gallery_whose_manifest_lacks_something_is_said_to_be_damaged(saved, recogniser, lost):
    _, path = saved
    rewrite_manifest(path, f'"{lost}"'.encode(), b'"lost"')
    with pytest.raises(GalleryError, match=rf"expected a gallery file .*{lost}.*from a copy"):
        load_gallery(path, recogniser)


def test_a_path_may_be_text(saved, recogniser, tmp_path):
    gallery, path = saved
    save_gallery(gallery, str(tmp_path / "again.crossglg"))
    for read in (load_gallery, open_gallery, import_gallery):
        assert read(str(path), recogniser).actions == ("wave",)
    assert update_gallery(str(path), recogniser, lambda known: known).actions == ("wave",)


def test_who_waits_too_long_for_another_writer_is_told(saved, recogniser, monkeypatch):
    _, path = saved
    monkeypatch.setattr("crossglg.gallery.file._LOCK_TIMEOUT_S", 0.1)
    with (
        lock_gallery(path),
        pytest.raises(GalleryError, match=r"another program has been changing this gallery"),
    ):
        update_gallery(path, recogniser, lambda known: known)


def test_what_was_dismissed_is_kept_and_files_of_before_are_read_as_they_are(
    saved, recogniser, clips, tmp_path
):
    gallery, _ = saved
    dismissed = gallery.dismiss(clips[0][2], source="none", either_side=True)
    kept = tmp_path / "dismissed.crossglg"
    save_gallery(dismissed, kept)
    for read in (load_gallery(kept, recogniser), import_gallery(kept, recogniser)):
        assert read.actions == gallery.actions
        assert [(e.source, e.mirrored) for e in read.dismissed] == [("none", False), ("none", True)]
        assert read.recognize(clips[0][2]) == dismissed.recognize(clips[0][2])


def test_older_versions_read_a_gallery_in_which_nothing_is_dismissed(saved, recogniser, clips):
    gallery, path = saved

    def read_format():
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("manifest.json"))["format"]

    assert read_format() == 2
    save_gallery(gallery.dismiss(clips[0][2], either_side=True), path)
    assert read_format() == 3
