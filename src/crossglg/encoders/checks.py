"""check_encoder: the contract of an encoder, executable, for one's own as for ours."""

import copy
import pickle
from collections.abc import Callable

import torch
from torch import Tensor, nn

from crossglg.encoders.base import COORDINATES, SkeletonEncoder, everybody
from crossglg.encoders.folding import fold
from crossglg.errors import EncoderError
from crossglg.shapes import Clips

_CLIPS, _FRAMES = 4, 32
_TOLERANCE = 1e-4


def check_encoder(encoder: SkeletonEncoder, *, seed: int = 0) -> None:
    """Run every check of the contract; silence means it holds.

    The encoder's weights and mode are the same afterwards.

    Raises:
        EncoderError: The first promise that is broken, and how.
    """
    clips = _draw_clips(encoder, frame_count=_FRAMES, seed=seed)
    was_training = encoder.training
    state = {key: value.clone() for key, value in encoder.state_dict().items()}
    try:
        encoder.eval()
        for check in _CHECKS:
            check(encoder, clips)
    finally:
        encoder.load_state_dict(state)
        encoder.zero_grad(set_to_none=True)
        encoder.train(was_training)


def check_before_training(name: str, encoder: SkeletonEncoder, *, frame_count: int) -> None:
    """Run the checks that take next to no time and that no figure is worth anything without.

    Weights, mode and random numbers are the same afterwards.

    Args:
        name: What the encoder is called.
        encoder: On any device, in training mode or not.
        frame_count: T of the clips that it will be trained on.

    Raises:
        EncoderError: The first promise that is broken, and how.
    """
    device = next(encoder.parameters()).device
    clips = _draw_clips(encoder, frame_count=frame_count, seed=0).to(device)
    was_training = encoder.training
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.no_grad():
            encoder.eval()
            for check in _CHECKS_BEFORE_TRAINING:
                check(encoder, clips)
    except EncoderError as error:
        raise EncoderError(f"Encoder '{name}' breaks the contract of encoders. {error}") from error
    finally:
        encoder.train(was_training)


def _draw_clips(encoder: SkeletonEncoder, *, frame_count: int, seed: int) -> Clips:
    return torch.randn(
        (_CLIPS, encoder.max_persons, frame_count, encoder.layout.joint_count, COORDINATES),
        generator=torch.Generator().manual_seed(seed),
    )


def _insist(claim: bool, complaint: str) -> None:
    if not claim:
        raise EncoderError(complaint)


def _close(one: Tensor, other: Tensor) -> bool:
    scale = max(1.0, float(one.detach().abs().max()))
    return bool(((one - other).abs().max() / scale) < _TOLERANCE)


def _describes_its_blocks(encoder: SkeletonEncoder, clips: Clips) -> None:
    _insist(
        len(encoder.block_dims) == len(encoder.blocks),
        f"Expected one entry of block_dims for each of {len(encoder.blocks)} blocks, found "
        f"{len(encoder.block_dims)}.",
    )
    _insist(
        0 < encoder.default_n_pre < len(encoder.blocks),
        f"Expected default_n_pre between 1 and {len(encoder.blocks) - 1} so that some block is "
        f"left to guide, found {encoder.default_n_pre}.",
    )


def _writes_into_nothing(encoder: SkeletonEncoder, clips: Clips) -> None:
    given = clips.clone()
    features = encoder.stem(given)
    _insist(
        torch.equal(given, clips),
        "Expected a stem that leaves the clips as they are, but it writes into them.",
    )
    for number in range(len(encoder.blocks)):
        before = features.clone()
        after = encoder.run_blocks(features, blocks=[number])
        _insist(
            torch.equal(features, before),
            f"Block {number}: expected features to stay as they are, but it writes into them.",
        )
        features = after


def _keeps_shapes(encoder: SkeletonEncoder, clips: Clips) -> None:
    features = encoder.stem(clips)
    for number, width in enumerate(encoder.block_dims):
        features = encoder.run_blocks(features, blocks=[number])
        found = (features.shape[0], features.shape[1], features.shape[3])
        expected = (clips.shape[0] * clips.shape[1], width, clips.shape[3])
        _insist(
            features.ndim == 4 and found == expected,
            f"Block {number}: expected (persons, width, joints) = {expected}, found {found}.",
        )
    embedding = encoder(clips)
    _insist(
        embedding.shape == (len(clips), encoder.feature_dim),
        f"Expected an embedding of shape {(len(clips), encoder.feature_dim)}, found "
        f"{tuple(embedding.shape)}.",
    )


def _repeats_itself(encoder: SkeletonEncoder, clips: Clips) -> None:
    _insist(
        torch.equal(encoder(clips), encoder(clips)),
        "Expected the same embedding for the same clips in evaluation mode, found two.",
    )


def _judges_clips_alone(encoder: SkeletonEncoder, clips: Clips) -> None:
    _insist(
        _close(encoder(clips).flip(0), encoder(clips.flip(0))),
        "Expected an embedding that does not depend on the other clips of a batch, but "
        "re-ordering the batch changed it.",
    )


def _ignores_absent_persons(encoder: SkeletonEncoder, clips: Clips) -> None:
    if clips.shape[1] < 2:
        return
    present = everybody(clips)
    present[:, 1:] = False
    alone = torch.where(present[..., None, None], clips, 0.0)
    disturbed = alone + torch.where(present[..., None, None], 0.0, clips)
    _insist(
        _close(encoder(alone, present), encoder(disturbed, present)),
        "Expected an absent person to change nothing, but the embedding moved.",
    )


def _sees_every_joint(encoder: SkeletonEncoder, clips: Clips) -> None:
    clips = clips.clone().requires_grad_()
    encoder(clips).square().sum().backward()
    assert clips.grad is not None
    unseen = [
        joint
        for index, joint in enumerate(encoder.layout.joints)
        if not clips.grad[..., index, :].abs().sum() > 0
    ]
    _insist(not unseen, f"Expected every joint to matter, but these do not: {', '.join(unseen)}.")


def _leaves_uniform_weights_alone(encoder: SkeletonEncoder, clips: Clips) -> None:
    features = encoder.stem(clips)
    ones = torch.ones(features.shape[0], features.shape[3])
    for number in range(len(encoder.blocks)):
        plain = encoder.run_blocks(features, blocks=[number])
        weighted = encoder.run_blocks(features, blocks=[number], joint_weights=ones)
        _insist(
            torch.equal(plain, weighted),
            f"Block {number}: expected joint weights of one to change nothing, bit for bit.",
        )
        features = plain


def _obeys_joint_weights(encoder: SkeletonEncoder, clips: Clips) -> None:
    features = encoder.run_blocks(encoder.stem(clips), blocks=range(encoder.default_n_pre))
    weights = torch.linspace(0.0, 2.0, features.shape[3]).repeat(features.shape[0], 1)
    later = range(encoder.default_n_pre, len(encoder.blocks))
    plain = encoder.run_blocks(features, blocks=later)
    weighted = encoder.run_blocks(features, blocks=later, joint_weights=weights)
    _insist(
        not torch.equal(plain, weighted),
        "Expected joint weights to change the features, but the blocks ignore them.",
    )


def _trains_every_parameter(encoder: SkeletonEncoder, clips: Clips) -> None:
    encoder.train()
    encoder.zero_grad(set_to_none=True)
    encoder(clips).square().sum().backward()
    idle = [n for n, p in encoder.named_parameters() if p.requires_grad and p.grad is None]
    encoder.eval()
    _insist(
        not idle, f"Expected a gradient for every parameter, found none for: {', '.join(idle)}."
    )


def _holds_no_loose_tensors(encoder: SkeletonEncoder, clips: Clips) -> None:
    loose = [
        f"{name or type(encoder).__name__}.{attribute}"
        for name, module in encoder.named_modules()
        for attribute, value in vars(module).items()
        if isinstance(value, Tensor)
    ]
    _insist(
        not loose,
        "Expected all tensors to be parameters or buffers, which are saved and moved; these are "
        f"neither: {', '.join(loose)}.",
    )


@torch.no_grad()
def _saves_what_it_learns(encoder: SkeletonEncoder, clips: Clips) -> None:
    learning = copy.deepcopy(encoder).train()
    saved = learning.state_dict().keys()
    unsaved = {k: v.clone() for k, v in learning.named_buffers() if k not in saved}
    learning(clips)
    now = dict(learning.named_buffers())
    changed = [name for name, before in unsaved.items() if not torch.equal(before, now[name])]
    _insist(
        not changed,
        "Expected buffers that change in training to be saved, but these are registered with "
        f"persistent=False: {', '.join(changed)}.",
    )


def _pickles(encoder: SkeletonEncoder, clips: Clips) -> None:
    try:
        copy = pickle.loads(pickle.dumps(encoder))
    except (AttributeError, TypeError, RuntimeError, pickle.PicklingError) as error:
        reason = str(error).partition(". ")[0].rstrip(".")
        raise EncoderError(
            f"Expected an encoder that pickles (worker processes need it): {reason}. "
            "Lambdas, local functions and parametrised layers (weight_norm) are the usual causes."
        ) from error
    _insist(
        torch.equal(copy(clips), encoder(clips)),
        "Expected a pickled copy to embed alike, but it does not.",
    )


@torch.no_grad()
def _folds(encoder: SkeletonEncoder, clips: Clips) -> None:
    shaken = copy.deepcopy(encoder)
    generator = torch.Generator().manual_seed(0)
    for module in shaken.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.track_running_stats:
            for statistic, low in (("running_mean", -0.5), ("running_var", 0.5)):  # as if trained
                module.get_buffer(statistic).uniform_(low, low + 1.0, generator=generator)
    _insist(
        _close(fold(shaken)(clips), shaken(clips)),
        "Expected the same embedding in the form for use (encoders.folding), but it moved; a "
        "Foldable among the modules folds into something else.",
    )


_Check = Callable[[SkeletonEncoder, Clips], None]

_CHECKS: tuple[_Check, ...] = (
    _describes_its_blocks,
    _writes_into_nothing,
    _keeps_shapes,
    _repeats_itself,
    _judges_clips_alone,
    _ignores_absent_persons,
    _sees_every_joint,
    _leaves_uniform_weights_alone,
    _obeys_joint_weights,
    _holds_no_loose_tensors,
    _saves_what_it_learns,
    _pickles,
    _folds,
    _trains_every_parameter,
)

_CHECKS_BEFORE_TRAINING: tuple[_Check, ...] = (
    _describes_its_blocks,
    _writes_into_nothing,
    _keeps_shapes,
    _judges_clips_alone,
    _ignores_absent_persons,
    _saves_what_it_learns,
)
