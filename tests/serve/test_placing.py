"""The page puts bodies to the same place in the room as the command line does."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from crossglg.sources.pose.placing import Placer, to_house_axes

WEB = Path(__file__).parents[2] / "web"
SCRIPT = """
const ts = require("typescript"), fs = require("fs");
const options = { compilerOptions: { module: "commonjs", target: "es2022" } };
const code = ts.transpileModule(fs.readFileSync("src/lib/placing.ts", "utf8"), options).outputText;
const exports_ = {};
new Function("exports", code)(exports_);
const placer = new exports_.Placer(new Set());
const frames = JSON.parse(fs.readFileSync(0, "utf8"));
console.log(JSON.stringify(frames.map((frame, at) => placer.place(frame, at / 10))));
"""


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(not (WEB / "node_modules").exists(), reason="npm ci was not run in web/")
def test_the_page_places_bodies_as_the_command_line_does():
    rng = np.random.default_rng(0)
    frames = [
        {
            "world": rng.normal(0, 0.4, (33, 3)).tolist(),
            "picture": rng.uniform(-0.4, 0.4, (33, 2)).tolist(),
            "trust": rng.uniform(0.3, 1, 33).tolist(),
        }
        for _ in range(6)
    ]
    done = subprocess.run(
        ["node", "-e", SCRIPT],
        input=json.dumps(frames), cwd=WEB, capture_output=True, text=True, check=True,
    )  # fmt: skip
    placer = Placer()
    for number, (frame, found) in enumerate(zip(frames, json.loads(done.stdout), strict=True)):
        arrays = (np.array(frame[name]) for name in ("world", "picture", "trust"))
        expected = to_house_axes(placer.place(*arrays, time_s=number / 10))
        np.testing.assert_allclose(found, expected, atol=1e-5)
