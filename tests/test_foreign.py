"""The authors' weights come in as tensors, all of them, and nothing else does."""

import pickle

import pytest
import torch
from typer.testing import CliRunner

from crossglg import foreign
from crossglg.checkpoint import PlainCheckpoint
from crossglg.cli import app
from crossglg.encoders.base import everybody
from crossglg.errors import CheckpointError, ConfigError, EncoderError
from crossglg.foreign import import_weights, read_tensors_only


@pytest.fixture(scope="module")
def weights(parity):
    recorded = parity("infogcn_ntu25_k1.npz")
    prefix = "weights/"
    return {
        key.removeprefix(prefix): torch.from_numpy(recorded[key])
        for key in recorded.files
        if key.startswith(prefix)
    }


@pytest.mark.parametrize("wrap", [lambda w: w, lambda w: {"epoch": 3, "state_dict": w}])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_published_weights_become_a_run(parity, weights, tmp_path, wrap, prefix):
    torch.save(wrap({prefix + key: value for key, value in weights.items()}), tmp_path / "w.pt")
    import_weights("infogcn", tmp_path / "w.pt").save(tmp_path / "plain.safetensors")
    run = PlainCheckpoint.load(tmp_path / "plain.safetensors")
    assert run.class_names[:2] == ("drink water", "eat meal")
    assert len(run.class_names) == 120
    recorded = parity("infogcn_ntu25_k1.npz")
    clips = torch.from_numpy(recorded["input_nctvm"]).permute(0, 4, 2, 3, 1)
    with torch.inference_mode():
        logits = run.branch(clips, everybody(clips)).logits
    torch.testing.assert_close(logits, torch.from_numpy(recorded["logits"]), atol=1e-4, rtol=1e-4)


class Evil:
    def __reduce__(self):
        return (print, ("this must never be printed",))


def test_a_pickle_that_holds_code_is_refused_unread(tmp_path, capsys):
    torch.save({"state_dict": {}, "config": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(CheckpointError, match=r"evil.pt: expected tensors only.*refused"):
        read_tensors_only(tmp_path / "evil.pt")
    (tmp_path / "raw.pth").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(CheckpointError, match=r"raw.pth"):
        read_tensors_only(tmp_path / "raw.pth")
    assert "never be printed" not in capsys.readouterr().out


def test_what_is_no_file_of_weights_is_one_sentence(tmp_path):
    for name, content in (("a.pt", b"rubbish"), ("b.safetensors", b"rubbish"), ("c.pt", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CheckpointError, match=name):
            read_tensors_only(tmp_path / name)
    with pytest.raises(CheckpointError, match="nowhere"):
        read_tensors_only(tmp_path / "nowhere.pt")
    torch.save({"lr": 0.1}, tmp_path / "d.pt")
    with pytest.raises(CheckpointError, match="expected a state dict, alone or under"):
        read_tensors_only(tmp_path / "d.pt")


def test_missing_and_unexpected_keys_are_listed(weights, tmp_path):
    fewer = {key: value for key, value in weights.items() if key != "l2.agcn.shared_topology"}
    torch.save(fewer, tmp_path / "fewer.pt")
    with pytest.raises(EncoderError, match=r"missing: blocks\.1\.space\.topology"):
        import_weights("infogcn", tmp_path / "fewer.pt")
    torch.save(weights | {"extra.weight": torch.zeros(1)}, tmp_path / "more.pt")
    with pytest.raises(CheckpointError, match=r"no place for extra.weight"):
        import_weights("infogcn", tmp_path / "more.pt")
    with pytest.raises(ConfigError, match="Did you mean 'hdgcn'"):
        import_weights("hdgnc", tmp_path / "more.pt")


@pytest.mark.parametrize(
    ("encoder", "file"),
    [("hdgcn", "hdgcn_ntu25_com1.npz"), ("motionbert", "motionbert_small_h36m17.npz")],
)
def test_the_other_encoders_come_in_too(parity, tmp_path, encoder, file):
    recorded = parity(file)
    keys = [key for key in recorded.files if key.startswith("weights/")]
    state = {key.removeprefix("weights/"): torch.from_numpy(recorded[key]) for key in keys}
    torch.save(state, tmp_path / "w.pth")
    options = {"size": "small"} if encoder == "motionbert" else {"centre": "pelvis"}
    run = import_weights(encoder, tmp_path / "w.pth", options=options)
    clips = torch.randn(1, 1, 16, run.layout.joint_count, 3)
    assert torch.isfinite(run.branch(clips, everybody(clips)).embedding).all()


def test_options_on_the_command_line_are_numbers_where_they_are(monkeypatch, tmp_path):
    asked = []

    class Saved:
        class_names = ()

        def save(self, path):
            pass

    def take(encoder, file, *, options):
        asked.append(options)
        return Saved()

    monkeypatch.setattr(foreign, "import_weights", take)
    words = ["import-weights", "infogcn", "w.pt", "--out", str(tmp_path / "run"), "--option"]
    for setting in ("width=32", "size=lite", "reaches=[1,25]"):
        assert CliRunner().invoke(app, [*words, setting]).exit_code == 0
    assert asked == [{"width": 32}, {"size": "lite"}, {"reaches": [1, 25]}]
    refused = CliRunner().invoke(app, [*words, "width"])
    assert "Expected --option name=value, found 'width'" in str(refused.exception)
