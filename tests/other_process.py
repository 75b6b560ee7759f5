"""Recognise here, then in another process: ``python other_process.py fork|spawn MODEL``."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import torch

from crossglg.deployed import open_model
from crossglg.gallery import Gallery
from crossglg.sources.single import read_clip

CLIP = Path(__file__).parents[1] / "examples" / "clips.npz"


def assert_another_process_answers(how, model):
    """Of a gallery that has answered in this one, with two threads."""
    command = [sys.executable, __file__, how, str(model)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def answer(known, clip):
    torch.ones(10**6).exp()  # small models are not worth a second thread
    assert known.recognize(clip).answers[0].action == "wave"


def main(how, model):
    torch.set_num_threads(2)
    clip = read_clip(f"{CLIP}#p00_wave_right_hand_r0")
    known = Gallery(open_model(model)).enroll("wave", clip)
    answer(known, clip)
    child = multiprocessing.get_context(how).Process(target=answer, args=(known, clip))
    child.start()
    child.join(60)
    hangs = child.is_alive()
    child.kill()
    sys.exit("the other process hangs" if hangs else child.exitcode)


if __name__ == "__main__":
    main(*sys.argv[1:])
