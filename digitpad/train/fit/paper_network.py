"""The paper network: grey pixels to how far each is covered by writing, and by marks."""

import keras
from keras import layers, ops

COVERS = ("writing", "mark")  # what the outputs are of
# Filters at a half, a quarter, an eighth, a sixteenth of the picture's size. The finest take most
# of the time, the coarsest see the most around.
FILTERS = (12, 24, 40, 56)
MOMENTUM = 0.95  # of the normalizations' means: the weights change fast in a short run
DILATIONS = (1, 2, 4)  # of the coarsest layers
FINEST = 4  # outputs a pixel of half the size: its four pixels


def build_paper_network() -> keras.Model:
    """Return the untrained network: `picture` (n, h, w, 1) in, logits (n, h, w, 2) out.

    Both sides are multiples of 16. A U-Net (Ronneberger et al., 2015) whose first layer halves the
    picture, and whose last one says four pixels at once (Shi et al., 2016).
    """
    picture = keras.Input((None, None, 1), name="picture")
    x = _convolve(picture, "first", FILTERS[0], 5, 2)
    skips = []
    for level, filters in enumerate(FILTERS[1:]):
        x = _convolve(x, f"seen_{level}", FILTERS[level])
        skips.append(x)
        x = _convolve(x, f"down_{level}", filters, 3, 2)
    for dilation in DILATIONS:
        x = layers.Add()([x, _convolve(x, f"wide_{dilation}", FILTERS[-1], 3, 1, dilation)])
    for level in reversed(range(len(skips))):
        x = layers.UpSampling2D(2)(_convolve(x, f"narrow_{level}", FILTERS[level], 1))
        x = _convolve(layers.Concatenate()([x, skips[level]]), f"joined_{level}", FILTERS[level])
    x = layers.Conv2D(len(COVERS) * FINEST, 3, padding="same", name="fine")(x)
    return keras.Model(picture, DepthToSpace(name="logits")(x), name="paper")


@keras.saving.register_keras_serializable("digitpad")
class DepthToSpace(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Spread groups of four channels over the four pixels of a square."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """(n, h, w, 4 c) -> (n, 2 h, 2 w, c)."""
        _, height, width, channels = ops.shape(x)
        parts = ops.reshape(x, (-1, height, width, 2, 2, channels // FINEST))
        parts = ops.transpose(parts, (0, 1, 3, 2, 4, 5))
        return ops.reshape(parts, (-1, 2 * height, 2 * width, channels // FINEST))

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Twice the sides, a quarter of the channels."""
        count, height, width, channels = shape
        assert channels is not None
        return count, height and 2 * height, width and 2 * width, channels // FINEST


def cover_loss(wanted: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """Return the binary cross-entropy of logits (n, h, w, 2), a pixel."""
    losses = ops.maximum(found, 0) - found * wanted + ops.log1p(ops.exp(-ops.abs(found)))
    return ops.mean(ops.sum(losses, axis=-1))


keras.saving.register_keras_serializable("digitpad")(cover_loss)  # a checkpoint names it


def _convolve(
    x: keras.KerasTensor,
    name: str,
    filters: int,
    kernel: int = 3,
    stride: int = 1,
    dilation: int = 1,
) -> keras.KerasTensor:
    """Convolve, normalize by batches, and drop what is negative."""
    made = layers.Conv2D(
        filters,
        kernel,
        stride,
        padding="same",
        dilation_rate=dilation,
        use_bias=False,
        name=name,
    )(x)
    return layers.ReLU()(
        layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_normalization")(made)
    )
