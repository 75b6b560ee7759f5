"""The model, its texts and what judges it, as one module: compiled, a step is then one graph."""

import torch
from torch import Tensor, nn

from crossglg.guidance.model import CrossGLG
from crossglg.shapes import Clips, Labels, Present
from crossglg.training.batches import Batch
from crossglg.training.lessons import Lessons
from crossglg.training.objective import Objective


class Judged(nn.Module):
    """A guided model in training.

    Args:
        model: The guided model.
        objective: Judges its outputs, in float32 whatever precision the model is run in.
        lessons: Texts per class, where the model is computed; None for the bare encoder.
    """

    def __init__(self, model: CrossGLG, objective: Objective, lessons: Lessons | None) -> None:
        super().__init__()
        self.model = model
        self.objective = objective
        self.lessons = lessons

    def forward(
        self, clips: Clips, present: Present, labels: Labels
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """What is minimised, and its terms, of a ``Batch``'s parts."""
        texts = keys = None
        if self.lessons is not None:
            texts = self.lessons.joint_texts[labels]
            keys = self.lessons.key_joints[labels]
        output = self.model(clips, present, texts)
        with torch.autocast(clips.device.type, enabled=False):
            result = self.objective(output, Batch(clips, present, labels), keys)
        return result.loss, result.terms
