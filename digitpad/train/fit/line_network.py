"""The line network: a line's pixels, of any width, to what stands there, where, and on what."""

import keras
from keras import layers, ops

from digitpad.labels import INK_KINDS, TOKENS
from digitpad.picture.line import COARSE, HEIGHT, ROWS, STEP
from digitpad.train.samples.lines import MOST

CONVOLUTIONS = {  # the blocks over pixels: channels, and strides both ways
    "fine": (24, 2),
    "half": (48, 2),
    "strokes": (72, 1),
    "parts": (72, 1),
    "shapes": (128, 1),
}
POOLED = "parts"  # the block after which two rows become one
ALONG = "along"  # the block that takes in all rows; those after it go along the line
DEPTH = 144  # channels along the line
DILATIONS = (1, 2, 4)  # of the convolutions along it: each step sees 60 px to both sides
CONTEXT = 32  # channels that say in a cell what the line around it is
STEPWISE = 0.3  # weight of the cross-entropy of steps beside CTC's loss
DROPPED = 0.1  # share of the line's channels that the last layer does without, in training


def build_line_network() -> keras.Model:
    """Return the untrained network.

    `line` (n, HEIGHT, w, 1), w a multiple of COARSE, to a dictionary:
    - `logits` (n, w / STEP, 1 + tokens): blank, then TOKENS; for CTC (Graves et al., 2006);
    - `boxes` (n, w / STEP, 4): of the token at that step, how far its box reaches to the left and
      right of the step's middle, and its top and bottom, all as shares of HEIGHT;
    - `cells` (n, ROWS, w / COARSE, kinds): logits of whether ink of INK_KINDS lies in a cell.
    Two steps share each column of features, so that narrow digits fit.
    """
    line = keras.Input((HEIGHT, None, 1), name="line")
    x = line
    for name, (width, strides) in CONVOLUTIONS.items():
        kernel = 5 if x is line else 3
        layer = layers.Conv2D(width, kernel, strides, padding="same", use_bias=False, name=name)
        cells = _block(layer, x)
        x = layers.MaxPooling2D((2, 1))(cells) if name == POOLED else cells
    x = _block(layers.Conv2D(DEPTH, (ROWS, 1), use_bias=False, name=ALONG), cells)
    x = layers.Reshape((-1, DEPTH))(x)
    for number, dilation in enumerate(DILATIONS):
        layer = layers.Conv1D(
            DEPTH,
            5,
            dilation_rate=dilation,
            padding="same",
            use_bias=False,
            name=f"{ALONG}_{number}",
        )
        x = layers.Add()([x, _block(layer, x)])
    x = layers.Dropout(DROPPED)(x)
    labels = 1 + len(TOKENS)
    logits = layers.Dense(COARSE // STEP * labels, name="logits_of_columns")(x)
    boxes = layers.Dense(COARSE // STEP * 4, name="boxes_of_columns")(x)
    around = layers.Reshape((1, -1, CONTEXT))(layers.Dense(CONTEXT, name="around")(x))
    here = layers.ReLU()(layers.Add()([layers.Dense(CONTEXT, name="here")(cells), around]))
    return keras.Model(
        line,
        {
            "logits": layers.Reshape((-1, labels), name="logits")(logits),
            "boxes": layers.Reshape((-1, 4), name="boxes")(boxes),
            "cells": layers.Dense(len(INK_KINDS), name="cells")(here),
        },
        name="line",
    )


def token_loss(wanted: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """Return the CTC loss of logits (n, steps, labels), and a part of the cross-entropy of steps.

    `wanted` (n, MOST + steps) holds the tokens, 0 after the last, then what is said at each step:
    a token, 0 for blank, or -1 where that is left to CTC.
    """
    wanted = ops.cast(wanted, "int32")
    tokens, said = wanted[:, :MOST], wanted[:, MOST:]
    ctc = keras.losses.ctc(tokens, found)
    likely = ops.log_softmax(found, axis=-1)
    each = ops.take_along_axis(likely, ops.maximum(said, 0)[..., None], axis=-1)[..., 0]
    return ops.mean(ctc - STEPWISE * ops.sum(ops.where(said >= 0, each, 0.0), axis=-1))


def box_loss(wanted: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """Return the Huber loss of boxes (n, steps, 4) at the steps that have one.

    `wanted` (n, steps, 5) has 1 in its last column there, and 0 elsewhere.
    """
    there = wanted[..., 4:]
    away = ops.abs(found - wanted[..., :4]) * there
    losses = ops.where(away < 0.1, 5 * away**2, away - 0.05)
    return ops.sum(losses) / (ops.sum(there) + 1)


def cell_loss(wanted: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """Return the binary cross-entropy of cells' logits, summed over kinds."""
    losses = ops.maximum(found, 0) - found * wanted + ops.log1p(ops.exp(-ops.abs(found)))
    return ops.mean(ops.sum(losses, axis=-1))


for _loss in (token_loss, box_loss, cell_loss):  # a checkpoint names them
    keras.saving.register_keras_serializable("digitpad")(_loss)


def _block(convolution: layers.Layer, x: keras.KerasTensor) -> keras.KerasTensor:
    """Convolve, normalize by batches, and drop what is negative."""
    normalized = layers.BatchNormalization(name=f"{convolution.name}_normalization")
    return layers.ReLU()(normalized(convolution(x)))
