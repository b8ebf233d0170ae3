"""Training: the only place that needs PyTorch and onnx (the extra ``train``)."""
