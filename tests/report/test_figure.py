"""The animated SVG holds every skeleton, moving, with its important joints larger and warmer."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
from report_samples import NTU25, make_skeleton

from crossglg.report import render_figure

SVG = "{http://www.w3.org/2000/svg}"


def test_every_skeleton_moves_for_its_own_duration():
    quick = replace(make_skeleton("<bow>", frames=16), fps=32.0)
    tree = ElementTree.fromstring(render_figure([make_skeleton(), quick], columns=2))
    assert [text.text for text in tree.iter(f"{SVG}text")] == ["wave", "<bow>"]
    groups = tree.findall(f"{SVG}g")
    assert [len(group.findall(f"{SVG}circle")) for group in groups] == [NTU25.joint_count] * 2
    durations = [{a.get("dur") for a in group.iter(f"{SVG}animate")} for group in groups]
    assert durations == [{"0.27s"}, {"0.50s"}]
    values = groups[1].find(f"{SVG}circle/{SVG}animate").get("values").split(";")
    assert len(values) == 16


def test_everybody_is_drawn_while_there():
    one = make_skeleton(frames=8)
    joints = np.concatenate([one.joints, one.joints + np.float32(0.5)])
    present = np.ones((2, 8), dtype=np.bool_)
    present[1, 5:] = False
    tree = ElementTree.fromstring(
        render_figure([replace(one, joints=joints, present=present)], columns=1)
    )
    assert len(list(tree.iter(f"{SVG}circle"))) == 2 * NTU25.joint_count
    (second,) = tree.findall(f"{SVG}g/{SVG}g")
    shown = second.find(f"{SVG}animate")
    assert shown.get("values").split(";") == ["visible"] * 5 + ["hidden"] * 3
    present[1] = False
    alone = render_figure([replace(one, joints=joints, present=present)], columns=1)
    assert alone.count("<circle") == NTU25.joint_count


def test_importance_shows_as_size_and_colour_and_its_absence_as_neither():
    skeleton = make_skeleton()
    circles = list(ElementTree.fromstring(render_figure([skeleton])).iter(f"{SVG}circle"))
    radii = [float(circle.get("r")) for circle in circles]
    assert radii == sorted(radii)
    assert circles[-1].get("fill") == "#f27420"
    plain = render_figure([replace(skeleton, importance=None)])
    assert len({c.get("fill") for c in ElementTree.fromstring(plain).iter(f"{SVG}circle")}) == 1


def test_all_coordinates_lie_inside_the_picture():
    tree = ElementTree.fromstring(render_figure([make_skeleton()], columns=1))
    width, height = map(float, tree.get("viewBox").split()[2:])
    for animate in tree.iter(f"{SVG}animate"):
        if animate.get("attributeName") in ("cx", "cy"):
            places = np.array(animate.get("values").split(";"), dtype=float)
            assert (places >= 0).all()
            assert (places <= min(width, height)).all()
