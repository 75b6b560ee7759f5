"""Encoders that other packages register: how they are found, named, checked and given options."""

from dataclasses import replace
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from crossglg import encoders
from crossglg.encoders import SkeletonEncoder, create_encoder, list_encoders
from crossglg.errors import ConfigError, EncoderError
from crossglg.sources.choreography import choreography
from crossglg.training import BaseClips, create_recipe, override, train


class Plain(nn.Module):
    """A block that looks along time."""

    def __init__(self, width):
        super().__init__()
        self.time = nn.Conv2d(width, width, (5, 1), padding=(2, 0))

    def forward(self, features, joint_weights=None):
        weights = 1.0 if joint_weights is None else joint_weights[:, None, None, :]
        return torch.relu(self.time(features * weights))


class Theirs(SkeletonEncoder):
    """Two blocks; ``joints`` may be fewer than there are."""

    default_n_pre = 1

    def __init__(self, layout, *, max_persons=2, width=8, joints=None, act=nn.ReLU, scales=()):
        super().__init__()
        self.layout, self.max_persons, self.block_dims = layout, max_persons, (width,) * 2
        self.embed, self.joints = nn.Linear(3, width), joints
        self.blocks = nn.ModuleList(Plain(width) for _ in range(2))

    def stem(self, clips):
        return self.embed(clips[:, :, :, : self.joints]).flatten(0, 1).permute(0, 3, 1, 2)


def point(name, package, kind=Theirs):
    entry = EntryPoint(name, f"{__name__}:{kind.__name__}", "crossglg.encoders")
    return entry._for(SimpleNamespace(name=package))


@pytest.fixture
def register(monkeypatch):
    def registered(*points):
        def entry_points(*, group, name=None):
            return [each for each in points if name in (None, each.name)]

        monkeypatch.setattr(encoders, "entry_points", entry_points)

    return registered


def train_theirs(out, **options):
    torch.set_num_threads(1)
    data = choreography(performers=2, repeats=1, classes=("kick forward", "squat", "clap hands"))
    short = ["training.epochs=1", "training.frame_count=8", "training.batch_size=4"]
    recipe = override(create_recipe("metric", encoder="theirs"), [*short, "model.guidance=none"])
    recipe = replace(recipe, model=replace(recipe.model, options=options))
    base = BaseClips.gather(data, range(3))
    return train(base, recipe, guidance=None, out=out, provenance={})


def test_an_encoder_that_breaks_the_contract_is_refused_before_it_is_trained(register, tmp_path):
    register(point("theirs", "their-package"))
    out = tmp_path / "run"
    with pytest.raises(EncoderError, match=r"Encoder 'theirs' breaks .* found \(4, 8, 1\)"):
        train_theirs(out, joints=1)
    assert not out.exists()
    train_theirs(out)
    assert (out / "plain.safetensors").exists()


def test_two_encoders_of_one_name_are_refused_by_the_names_of_their_packages(register):
    register(point("stgcn", "their-package"))
    assert list_encoders().count("stgcn") == 1
    with pytest.raises(ConfigError, match="packages crossglg and their-package; uninstall one"):
        create_encoder("stgcn", layout="ntu25")
    create_encoder("patchgcn", layout="ntu25")
    register(point("theirs", "one-package"), point("theirs", "other-package"))
    assert list_encoders().count("theirs") == 1
    with pytest.raises(ConfigError, match="packages one-package and other-package; uninstall"):
        create_encoder("theirs", layout="ntu25")


class Wrapper(Theirs):
    """Hands its options on."""

    def __init__(self, layout, *, max_persons=2, **options):
        super().__init__(layout, max_persons=max_persons, **options)


def test_options_that_an_encoder_hands_on_are_let_through(register):
    register(point("wrapper", "their-package", Wrapper))
    built = create_encoder("wrapper", layout="ntu25", options={"width": 4})
    assert built.block_dims == (4, 4)


def test_a_run_with_options_in_tuples_is_known_again(register, tmp_path):
    register(point("theirs", "their-package"))
    train_theirs(tmp_path / "run", scales=((1, 2), (3, 4)))
    train_theirs(tmp_path / "run", scales=((1, 2), (3, 4)))
    with pytest.raises(ConfigError, match=r"recipe\.model\.options\.scales"):
        train_theirs(tmp_path / "run", scales=((1, 2), (3, 5)))


def test_an_option_that_cannot_be_saved_is_refused_before_anything_is_made(register, tmp_path):
    register(point("theirs", "their-package"))
    with pytest.raises(ConfigError, match=r"model\.options\.act: expected .* which can be saved"):
        train_theirs(tmp_path / "run", act=nn.GELU)
    assert not (tmp_path / "run").exists()
