"""The network: a small convolutional net in Keras."""

import keras
from keras import layers

from digitpad.raster import SIDE

WIDTHS = (20, 32, 80)  # channels at 28, 14 and 7 px: 7.3 M multiply-adds, 99 k parameters


def build_network(labels: int, widths: tuple[int, int, int] = WIDTHS) -> keras.Model:
    """Return the untrained network: `rasters` (n, 28, 28, 1) in, `logits` (n, labels) out."""
    rasters = keras.Input((SIDE, SIDE, 1), name="rasters")
    x = _convolve(rasters, widths[0], 5)
    for width in widths[1:]:
        x = layers.MaxPooling2D()(x)
        x = _convolve(x, width, 3)
        x = _convolve(x, width, 3)
    features = layers.GlobalAveragePooling2D(name="features")(x)
    logits = layers.Dense(labels, name="logits")(features)
    return keras.Model(rasters, logits, name="digits")


def with_features(network: keras.Model) -> keras.Model:
    """Return the network with two outputs, `logits` and `features`, sharing its weights.

    The features, (n, widths[2]), are the input of the last layer: averages of ReLUs, so never
    negative.
    """
    features = network.get_layer("features").output
    return keras.Model(network.input, {"logits": network.output, "features": features})


def _convolve(x: keras.KerasTensor, width: int, kernel: int) -> keras.KerasTensor:
    x = layers.Conv2D(width, kernel, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
