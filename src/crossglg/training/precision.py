"""In which numbers to train where nobody says."""

from typing import Literal

import torch

Precision = Literal["32-true", "bf16-mixed"]

_KNOWS_BFLOAT16 = "AVX512"
"""Of processors with this instruction set, oneDNN takes products in bfloat16."""


def native_precision() -> Precision:
    """``bf16-mixed`` on a GPU or processor that is made for it, ``32-true`` elsewhere.

    Where bfloat16 is imitated number by number, a step takes about ten times as long in it.
    """
    if torch.cuda.is_available():
        own = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        own = torch.backends.cpu.get_cpu_capability() == _KNOWS_BFLOAT16
    return "bf16-mixed" if own else "32-true"
