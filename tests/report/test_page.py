"""The page says everything, stands alone, and trusts no name."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from report_samples import make_decision, make_embedding, make_skeleton, make_table

from crossglg.errors import ConfigError
from crossglg.report import (
    Look,
    PathPicture,
    Report,
    render_decision,
    render_gallery,
    render_report,
    write_report,
)

_VOID = {"meta", "link", "input", "br", "hr", "img"}
_HOSTILE = "</script><script>alert('x')</script>"


class Balance(HTMLParser):
    """Keeps the tags that are open, and everything that is said."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        self.scripts += tag == "script"
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parse(page: str) -> Balance:
    balance = Balance()
    balance.feed(page)
    balance.close()
    return balance


def read_scenes(page: str) -> list[dict[str, object]]:
    found = re.search(r'<script type="application/json" id="scenes">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


def test_the_page_holds_every_class_every_number_and_every_fact(report: Report) -> None:
    page = render_report(report)
    for text in (
        "wave",
        "bow",
        "sit down",
        "81.2",
        "1.5",
        "70.0",
        "55.5",
        "+11.2",
        "\u221214.5",
        "17",
    ):
        assert text in page
    for text in ("raw DTW", "raw Euclidean", "nearest prototype", "sit down → wave: 2 of 6 (33%)"):
        assert text in page


def test_the_page_shows_curves_of_losses_and_accuracies(report: Report) -> None:
    page = render_report(replace(report, decisions=()))
    assert page.count("<polyline") == 2 * 3
    assert "text only, no skeleton" in page


def test_the_page_parses_with_every_tag_closed(report: Report) -> None:
    assert parse(render_report(report)).open == []


def test_the_page_loads_nothing_from_anywhere(report: Report) -> None:
    page = render_report(report)
    assert parse(page).addresses == ["data:,"]
    assert not re.search(r"https?://|@import|url\(", page)


def _hostile_decision():
    path = PathPicture(_HOSTILE, np.ones((2, 2)), np.arange(2), np.arange(2))
    return replace(make_decision(), sentence=_HOSTILE, paths=(path,))


def test_hostile_names_stay_text(report: Report) -> None:
    hostile = replace(
        report,
        title=_HOSTILE,
        class_names=(_HOSTILE, "bow", "sit down"),
        results={_HOSTILE: (50.0, 1.0)},
        looks=[Look(replace(make_skeleton(_HOSTILE), note=_HOSTILE), make_skeleton())],
        importance=[replace(make_table(_HOSTILE), class_names=(_HOSTILE, "b", "c"))],
        decisions=[_hostile_decision()],
        embedding=replace(make_embedding(), class_names=(_HOSTILE, "b", "c"), about=_HOSTILE),
        metrics=[{"epoch": 1, f"loss_{_HOSTILE}": 1.0}],
        facts={_HOSTILE: _HOSTILE},
    )
    page = render_report(hostile)
    assert "<script>alert" not in page
    assert parse(page).scripts == parse(render_report(report)).scripts


def test_every_figure_has_its_scene_in_valid_json(report: Report) -> None:
    page = render_report(report)
    scenes = read_scenes(page)
    assert len(scenes) == 2 + 1 + 3
    assert scenes[0]["frames"] == 8
    assert re.findall(r'data-scene="(\d+)"', page) == [str(n) for n in range(6)]
    assert [scene["scale"] for scene in scenes] == ["importance"] * 3 + ["contribution"] * 3


def test_a_single_draw_has_no_deviation(report: Report) -> None:
    single = replace(report, results={"cosine": (81.25, 0.0)}, floor={"raw DTW": (70.0, 0.0)})
    assert "±" in render_report(report)
    assert "±" not in render_report(single)


def test_a_report_without_the_floor_is_refused(report: Report) -> None:
    with pytest.raises(ConfigError, match="floor"):
        replace(report, floor={})


def test_a_result_that_is_no_number_is_refused(report: Report) -> None:
    with pytest.raises(ConfigError, match="nearest"):
        replace(report, results={"nearest": (float("nan"), 0.0)})


@pytest.mark.parametrize("confusion", [np.zeros((2, 2), int), -np.ones((3, 3), int)])
def test_a_matrix_that_does_not_fit_is_refused(report: Report, confusion: np.ndarray) -> None:
    with pytest.raises(ConfigError, match="confusion matrix"):
        replace(report, confusion=confusion)


def test_a_run_of_which_nothing_is_known_but_results_still_has_a_page(report: Report) -> None:
    bare = replace(
        report, metrics=[], facts={}, looks=(), importance=(), decisions=(), embedding=None
    )
    page = render_report(bare)
    assert parse(page).open == []
    assert read_scenes(page) == []
    assert "No training was recorded" in page


def test_right_and_wrong_are_said_in_words_too(report: Report) -> None:
    assert "wrong:" in render_report(report)


def test_twenty_four_skeletons_of_64_frames_stay_below_two_megabytes() -> None:
    page = render_gallery(
        [make_skeleton(str(number), frames=64) for number in range(24)], title="Many"
    )
    assert len(page.encode()) < 2_000_000
    assert parse(page).open == []
    assert len(read_scenes(page)) == 24


def test_writing_returns_the_path_and_leaves_nothing_else(report: Report, tmp_path: Path) -> None:
    path = write_report(report, tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == render_report(report)
    assert list(tmp_path.iterdir()) == [path]


def test_the_page_of_a_decision_says_it_with_its_probabilities():
    answers = [("wave", 0.81), (_HOSTILE, 0.1), ("unknown", None)]
    page = render_decision(make_decision(), answers=answers, facts={"clip": "a.bvh"})
    assert parse(page).open == []
    assert "<script>alert" not in page
    assert all(text in page for text in ("rather than", "81 %", "a.bvh", "unknown"))
    assert page.count('class="for"') >= 1
    assert "+0.700" in page
    assert "\u22120.200" in page
    assert "+0.500" in page
