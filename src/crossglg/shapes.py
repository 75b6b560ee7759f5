"""The letters of every array in this package, as annotated tensor types.

N clips, M persons, T frames, V joints, C coordinates, D feature width, H attention heads,
K classes compared, S support clips, Q query clips, P body parts, L text tokens, W width of a text's
vector. ``B`` stands for N*M, the persons of all clips in one row.

The shapes are checked while testing only; in use an annotation costs nothing.
"""

from jaxtyping import Bool, Float, Int
from torch import Tensor

Clips = Float[Tensor, "N M T V C"]
Present = Bool[Tensor, "N M T"]
Features = Float[Tensor, "B D T V"]
DeepFeatures = Float[Tensor, "B _ _ V"]  # after blocks, which may change width and frame rate
JointWeights = Float[Tensor, "B V"]
MomentWeights = Float[Tensor, "B T V"]
DeepMomentWeights = Float[Tensor, "B _ V"]
JointFeatures = Float[Tensor, "N V D"]
Embedding = Float[Tensor, "N D"]
Logits = Float[Tensor, "N K"]
Labels = Int[Tensor, " N"]
JointTexts = Float[Tensor, "N V W"]
KeyJoints = Float[Tensor, "N V"]
PartLogits = Float[Tensor, "P N N"]
