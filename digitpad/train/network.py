"""The network: a small convolutional net in Keras."""

import keras
import numpy as np
from keras import layers

from digitpad.raster import SIDE

WIDTHS = (20, 32, 64, 160)  # channels at 28, 14, 7 and 4 px
DEPTHS = (1, 2, 2, 1)  # convolutions there: 7.5 M multiply-adds, 164 k parameters in all


def build_network(labels: int, widths: tuple[int, int, int, int] = WIDTHS) -> keras.Model:
    """Return the untrained network: `rasters` (n, 28, 28, 1) in, `logits` (n, labels) out."""
    rasters = keras.Input((SIDE, SIDE, 1), name="rasters")
    x = _convolve(rasters, widths[0], 5)
    for width, depth in zip(widths[1:], DEPTHS[1:], strict=True):
        x = layers.MaxPooling2D(padding="same")(x)
        for _ in range(depth):
            x = _convolve(x, width, 3)
    features = layers.GlobalAveragePooling2D(name="features")(x)
    logits = layers.Dense(labels, name="logits")(features)
    return keras.Model(rasters, logits, name="digits")


def with_features(network: keras.Model) -> keras.Model:
    """Return the network with two outputs, `logits` and `features`, sharing its weights.

    The features, (n, widths[-1]), are the input of the last layer: averages of ReLUs, so never
    negative.
    """
    features = network.get_layer("features").output
    return keras.Model(network.input, {"logits": network.output, "features": features})


def multiply_adds(network: keras.Model) -> int:
    """Count the multiply-adds of one forward pass of its convolutions and dense layers."""
    total = 0
    for layer in network.layers:
        if isinstance(layer, layers.Conv2D):
            total += int(np.prod(layer.kernel.shape)) * int(np.prod(layer.output.shape[1:3]))
        elif isinstance(layer, layers.Dense):
            total += int(np.prod(layer.kernel.shape))
    return total


def _convolve(x: keras.KerasTensor, width: int, kernel: int) -> keras.KerasTensor:
    x = layers.Conv2D(width, kernel, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
