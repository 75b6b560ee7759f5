"""Learn on base classes: build, go through the epochs, keep the plain branch; restartable."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from crossglg.checkpoint import PLAIN_FILE, PlainCheckpoint
from crossglg.encoders import check_foreign_encoder
from crossglg.errors import ConfigError
from crossglg.guidance.build import build_crossglg, build_plain
from crossglg.guidance.model import CrossGLG, PlainBranch
from crossglg.skeleton.normalize import resample_packed
from crossglg.text import TextGuidance
from crossglg.training.base_clips import BaseClips
from crossglg.training.batches import BalancedBatches, Batch, Draws, TrainingClips
from crossglg.training.compiling import compile_in_place
from crossglg.training.config import Recipe, TrainingConfig
from crossglg.training.epoch import EpochRunner, StepProgress, text_only_accuracy
from crossglg.training.judged import Judged
from crossglg.training.lessons import Lessons
from crossglg.training.log import MetricsLog
from crossglg.training.objective import Objective, accuracy
from crossglg.training.on_device import BatchesOnDevice, Lots, PlannedClips, fits
from crossglg.training.optimizer import build_optimizer
from crossglg.training.start import START, Start
from crossglg.training.state import RunState, open_run
from crossglg.training.twins import Twins, find_twins

Loaded = TypeVar("Loaded")


def train(
    base: BaseClips,
    recipe: Recipe,
    *,
    guidance: TextGuidance | None,
    out: Path,
    provenance: Mapping[str, Any],
    progress: StepProgress | None = None,
    start: Start | None = None,
    novel: Sequence[str] = (),
) -> PlainCheckpoint:
    """Train a model and keep its plain branch in ``out``.

    A run that was killed goes on where its last finished epoch ended, to the same weights bit for
    bit. The epoch is chosen on held-out base clips if the recipe holds any out, and is the last
    otherwise; novel classes are not even in reach here.

    Args:
        base: The clips.
        recipe: Everything else.
        guidance: Texts of the base classes, in their order; None for the bare encoder.
        out: The folder of the run.
        provenance: What to note in the checkpoint about data and protocol.
        progress: Is told about every step.
        start: Weights to begin with; None for fresh ones.
        novel: Names of the novel classes; clips that show one in the mirror do not come mirrored.

    Returns:
        The plain branch of the chosen epoch.

    Raises:
        ConfigError: The recipe needs texts and there are none, ``out`` holds another run, the
            start is of another encoder or layout, all classes are too small to hold out clips, or
            the clips face by other frames than the recipe says.
        CheckpointError: ``out`` holds a damaged run.
        EncoderError: Somebody else's encoder breaks the contract.
    """
    config = recipe.training
    if base.facing != config.facing:
        raise ConfigError(
            f"training.facing: expected clips gathered with '{config.facing}', found "
            f"'{base.facing}'; gather them so, or set training.facing={base.facing}."
        )
    if start is not None:
        provenance = {**provenance, START: start.to_json()}
    learn_from, choose_by = base.hold_out(config.held_out, seed=config.seed)
    keys = guidance.key_joints if guidance and recipe.model.needs_texts else None
    twins = find_twins(config.mirror, base.class_names, base.layout, keys, novel=novel)
    names = base.class_names if twins is None else twins.names
    lessons = _prepare_lessons(recipe, guidance, base, twins)
    torch.manual_seed(config.seed)
    plain = build_plain(
        recipe.model, layout=base.layout, max_persons=base.max_persons, class_count=len(names)
    )
    if start is not None:
        start.give_to(plain, model=recipe.model, layout=base.layout, facing=base.facing)
    model = build_crossglg(recipe.model, plain, text_dim=0 if lessons is None else lessons.width)
    optimizer = build_optimizer(model, config)
    runner = prepare_runner(model, optimizer, learn_from, recipe, lessons, twins)
    check_foreign_encoder(recipe.model.encoder, plain.encoder, frame_count=config.frame_count)
    # Not before all is built: settings of which nothing can be built must not fill the folder.
    with open_run(out, recipe, provenance):
        # After the model has moved: the optimiser's memories follow the weights when they are read.
        state = RunState.restore_or_start(out, model, optimizer)
        with MetricsLog(out, next_epoch=state.next_epoch) as log:
            for epoch in range(state.next_epoch, config.epochs):
                began = time.perf_counter()
                row = {"epoch": epoch, **runner.run(epoch, progress)}
                row["seconds"] = time.perf_counter() - began
                if model.interaction is not None and lessons is not None:
                    row["accuracy_text_only"] = text_only_accuracy(model, lessons)
                score = _score(plain, choose_by, config.frame_count)
                if score is not None:
                    row["accuracy_held_out"] = score
                state = state.after_epoch(score)
                if state.is_best:
                    whence = {**provenance, "recipe": recipe.to_json(), "epoch": epoch}
                    _as_checkpoint(plain, base, recipe, names, whence).save(out / PLAIN_FILE)
                log.write(row)
                state.save(out, model, optimizer)
    return PlainCheckpoint.load(out / PLAIN_FILE)


def _as_checkpoint(
    plain: PlainBranch,
    base: BaseClips,
    recipe: Recipe,
    names: tuple[str, ...],
    provenance: Mapping[str, Any],
) -> PlainCheckpoint:
    model, frame_count = recipe.model, recipe.training.frame_count
    return PlainCheckpoint(
        *(plain, model, base.layout, base.max_persons, frame_count, names, provenance),
        facing=base.facing,
    )


def _prepare_lessons(
    recipe: Recipe, guidance: TextGuidance | None, base: BaseClips, twins: Twins | None
) -> Lessons | None:
    if not recipe.model.needs_texts:
        return None
    if guidance is None:
        raise ConfigError(
            f"Guidance '{recipe.model.guidance}' needs texts of the base classes; give a "
            "description set, or train with guidance 'none'."
        )
    return Lessons.prepare(
        guidance,
        class_names=base.class_names,
        layout=base.layout,
        twins=twins,
    )


def prepare_runner(
    model: CrossGLG,
    optimizer: torch.optim.Optimizer,
    learn_from: BaseClips,
    recipe: Recipe,
    lessons: Lessons | None,
    twins: Twins | None,
) -> EpochRunner:
    """Put batches, model and optimiser where they are computed.

    Args:
        model: Moved to the device, and compiled if the recipe says so, in place.
        optimizer: Of the model.
        learn_from: The base clips without those held out.
        recipe: Everything else.
        lessons: Texts per class; None for the bare encoder.
        twins: What mirrored clips are labelled; None leaves them out.
    """
    from lightning_fabric import Fabric  # takes as long to import as torch: only for training

    config = recipe.training
    clips = TrainingClips(
        learn_from,
        twins=twins,
        strength=recipe.augmentation,
        frame_count=config.frame_count,
        seed=config.seed,
    )
    sampler = BalancedBatches(
        clips.labels, config.batch_size, clips_per_class=config.clips_per_class, seed=config.seed
    )
    # Fabric announces the precision it was asked for; nobody needs to be told twice.
    logging.getLogger("lightning_fabric.utilities.rank_zero").setLevel(logging.WARNING)
    fabric = Fabric(accelerator="auto", devices=1, precision=config.precision)
    batches = _load(clips, sampler, config, fabric.device)
    judged = Judged(
        model, Objective(recipe.loss), None if lessons is None else lessons.to(fabric.device)
    )
    if config.compiled:
        compile_in_place(judged, fabric.device)
    wrapped, wrapped_optimizer = fabric.setup(judged, optimizer)
    return EpochRunner(
        fabric,
        wrapped,
        wrapped_optimizer,
        sampler,
        batches,
        config,
    )


def _load(
    clips: TrainingClips, sampler: BalancedBatches, config: TrainingConfig, device: torch.device
) -> Iterable[Batch]:
    def load(dataset: Dataset[Loaded], draws: Sampler[Draws]) -> DataLoader[Loaded]:
        return DataLoader(
            dataset,
            sampler=draws,
            batch_size=None,  # a draw is a whole batch already
            num_workers=config.workers,
            persistent_workers=config.workers > 0,
            generator=torch.Generator(),  # its own, or helpers would shift what training draws
            pin_memory=torch.cuda.is_available(),
        )

    if not fits(clips, device):
        return load(clips, sampler)
    plans = load(PlannedClips(clips), Lots(sampler))
    return BatchesOnDevice(plans, clips, batch_size=config.batch_size, device=device)


@torch.no_grad()
def _score(plain: PlainBranch, held_out: BaseClips, frame_count: int) -> float | None:
    """Accuracy (percent) of the plain branch on clips it did not learn from, if there are any."""
    if not len(held_out.clips):
        return None
    device = next(plain.parameters()).device
    plain.eval()
    logits = []
    for chosen in np.array_split(np.arange(len(held_out.labels)), 1 + len(held_out.labels) // 64):
        joints, present = resample_packed(
            held_out.clips.select(chosen),
            frame_count=frame_count,
            max_persons=held_out.max_persons,
        )
        there = torch.from_numpy(present).to(device)
        logits.append(plain(torch.from_numpy(joints).to(device), there).logits)
    return float(accuracy(torch.cat(logits), torch.from_numpy(held_out.labels).to(device)))
