"""The network: a small convolutional net in Keras."""

from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from digitpad.network.inputs import CHANNELS, SIDE, Inputs

WIDTHS = (20, 32, 64, 160)  # channels at 28, 14, 7 and 4 px
DEPTHS = (1, 2, 2, 1)  # convolutions there: 8.3 M multiply-adds, 170 k parameters in all
DROPPED = 0.3  # share of the features that the last layer does without, in training


def build_network(labels: int, widths: tuple[int, int, int, int] = WIDTHS) -> keras.Model:
    """Return the untrained network: `inputs` (n, 28, 28, CHANNELS) in, `logits` (n, labels) out.

    The last channels are pooled by a weighted mean of their own each (the global depthwise
    convolution of MobileFaceNets: Chen et al., 2018), since digits are centred: where something
    is tells as much as what it is.
    """
    inputs = keras.Input((SIDE, SIDE, CHANNELS), name="inputs")
    x = _convolve(inputs, widths[0], 5)
    for width, depth in zip(widths[1:], DEPTHS[1:], strict=True):
        x = layers.MaxPooling2D(padding="same")(x)
        for _ in range(depth):
            x = _convolve(x, width, 3)
    x = layers.DepthwiseConv2D(x.shape[1], use_bias=False)(x)
    pooled = layers.Flatten()(layers.BatchNormalization()(x))
    logits = layers.Dense(labels, name="logits")(layers.Dropout(DROPPED)(pooled))
    return keras.Model(inputs, logits, name="digits")


def with_features(network: keras.Model) -> keras.Model:
    """Return the network with two outputs, `logits` and `features`, sharing its weights.

    The features, (n, widths[-1]), are the pooled channels that the last layer judges by.
    """
    pooled = next(x for x in network.layers if isinstance(x, layers.Flatten)).output
    features = layers.Identity(name="features")(pooled)
    return keras.Model(network.input, {"logits": network.output, "features": features})


def load_network(path: Path) -> keras.Model:
    """Return the network that a run or a model folder keeps; Keras raises many kinds of errors."""
    return keras.saving.load_model(path)


def predict_logits(model: keras.Model, inputs: Inputs) -> npt.NDArray[np.float32]:
    """Return the network's logits (n, labels) for inputs (n, 28, 28, CHANNELS)."""
    if not len(inputs):  # which Keras refuses
        return np.empty((0, *model.output_shape[1:]), np.float32)
    return np.asarray(model.predict(inputs, batch_size=500, verbose=0))


def multiply_adds(network: keras.Model) -> int:
    """Count the multiply-adds of one forward pass of its convolutions and dense layers."""
    total = 0
    for layer in network.layers:
        if isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D)):
            total += int(np.prod(layer.kernel.shape)) * int(np.prod(layer.output.shape[1:3]))
        elif isinstance(layer, layers.Dense):
            total += int(np.prod(layer.kernel.shape))
    return total


def _convolve(x: keras.KerasTensor, width: int, kernel: int) -> keras.KerasTensor:
    x = layers.Conv2D(width, kernel, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
