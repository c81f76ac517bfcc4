"""A digit demo as most are written: Flask's own server, and Keras' `predict` for each request.

`bench.against_demo` compares the site with it. It has this project’s own network; what it leaves
out is all that a demo leaves out: checks, limits, strokes, numbers, and knowing when not to answer.
"""

import base64
import io
import os
from pathlib import Path

import keras
import numpy as np
from flask import Flask, request
from PIL import Image, ImageOps

MODEL = Path(__file__).parents[1] / "digitpad/model/model.keras"

app = Flask(__name__)
model = keras.saving.load_model(MODEL)


@app.post("/predict")
def predict() -> dict[str, object]:
    """Read the picture of a canvas, a data URL with dark ink on white."""
    data = base64.b64decode(request.json["image"].partition(",")[2])
    grey = ImageOps.invert(Image.open(io.BytesIO(data)).convert("L")).resize((28, 28))
    images = np.zeros((1, 28, 28, 3), np.float32)
    images[0, ..., 0] = np.asarray(grey) / 255
    shares = model.predict(images, verbose=0)[0, :10]
    return {"digit": int(shares.argmax()), "probabilities": shares.tolist()}


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
