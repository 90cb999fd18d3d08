"""One ONNX file of the Wav2Lip contract from our two networks, for those whose tools speak nothing else."""
