"""The strokes' network: a stroke in its surroundings to what it is, a digit's or something else."""

import keras
from keras import layers

from digitpad.labels import STROKES
from digitpad.network.windows import HIGH, LAYERS, WIDE

CONVOLUTIONS = ((20, 5, 2), (32, 3, 2), (48, 3, 1), (64, 3, 2), (80, 3, 1))  # width, kernel, stride
DROPPED = 0.2  # share of the features that the last layer does without, in training


def build_strokes_network() -> keras.Model:
    """Return the untrained network: `windows` (n, HIGH, WIDE, LAYERS) in, `logits` (n, kinds) out.

    The logits are of STROKES. The last channels are pooled by a weighted mean of their own each,
    as those of the digits' network: where something is tells as much as what it is.
    """
    windows = keras.Input((HIGH, WIDE, LAYERS), name="windows")
    x = windows
    for width, kernel, stride in CONVOLUTIONS:
        x = layers.Conv2D(width, kernel, stride, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.DepthwiseConv2D(x.shape[1:3], depth_multiplier=2, use_bias=False)(x)
    x = layers.ReLU()(layers.Flatten()(layers.BatchNormalization()(x)))
    logits = layers.Dense(len(STROKES), name="logits")(layers.Dropout(DROPPED)(x))
    return keras.Model(windows, logits, name="strokes")
