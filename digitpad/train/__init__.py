"""Training: data, network, fit, evaluation and export. The only code that needs Keras."""
