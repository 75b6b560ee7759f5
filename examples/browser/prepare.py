"""Write clips.json for index.html: clips as model.onnx takes them, put in place and resampled.

python examples/browser/prepare.py examples/clips.npz [LAST]
"""

import json
import sys
from pathlib import Path

from crossglg.deployed import OnnxRecogniser
from crossglg.oneshot.features import prepare_clip
from crossglg.skeleton.stack import stack_clips
from crossglg.sources import open_data

HERE = Path(__file__).parent


def prepare(file: Path, folder: Path, *, most: int) -> None:
    """Bring clips into the form that the model in a folder was trained on, and keep them there."""
    form = OnnxRecogniser.load(folder / "model.onnx")
    data = open_data(file)
    numbers = range(min(len(data), most))
    ready = [prepare_clip(data.clip(number), form) for number in numbers]
    clips, present = stack_clips(ready, max_persons=form.max_persons)  # (N M T V 3), (N M T)
    written = {
        "names": [data.class_names[int(data.labels[number])] for number in numbers],
        "shape": clips.shape,
        "clips": clips.ravel().tolist(),
        "present": present.ravel().astype(int).tolist(),
    }
    (folder / "clips.json").write_text(json.dumps(written), "utf-8")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), HERE, most=int(sys.argv[2]) if len(sys.argv) > 2 else 50)
