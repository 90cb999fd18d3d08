"""What the mouth net is trained for."""

import torch
from torch import Tensor
from torch.nn import functional

from training.mouth.data import Batch
from training.mouth.net import MouthNet
from training.speech.phonemes import PARAMETERS, VISEMES

PRESS = PARAMETERS.index("press")
_WEIGHTS = torch.tensor([2.5, 1.0, 1.2, 0.8, 0.8, 0.9, 0.6])
"""Per parameter; press has a cross-entropy of its own besides."""
_EMPHASISED = {"bilabial": 2.2, "alveolar": 1.8, "back": 1.8, "labiodental": 1.8}
_EMPHASIS = torch.tensor([_EMPHASISED.get(viseme, 1.0) for viseme in VISEMES])
"""Per viseme: closures count more, and so do the sounds that are most easily taken for one."""


def mouth_loss(net: MouthNet, batch: Batch) -> Tensor:
    """Distance to the truth, to its movement (smooth without lag), to the closures, and visemes as a second task."""
    features = net.features(batch.mel)
    logits = net.mouth_logits(features, batch.mel.shape[2])
    params = net.parameters_of(logits)
    weights = _WEIGHTS.to(params.device)
    emphasis = _EMPHASIS.to(params.device)[batch.viseme]
    error = (params - batch.params).abs()
    distance = (emphasis[..., None] * weights * (error + 2 * error**2)).mean()
    movement = (weights * (params.diff(dim=1) - batch.params.diff(dim=1)).abs()).mean()
    pressed = batch.params[..., PRESS]
    closure = functional.binary_cross_entropy_with_logits(logits[:, PRESS], pressed, weight=emphasis)
    viseme = functional.cross_entropy(
        net.viseme_logits(features, batch.mel.shape[2]), batch.viseme, label_smoothing=0.05
    )
    return distance + 2 * movement + 0.8 * closure + 0.3 * viseme
